"""Whose request it is, as far as the network tells."""

from aiohttp import web


def visitor_address(request: web.Request, proxy_hops: int) -> str:
    """Name the visitor's address: the nearest proxy is the last to add one."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < proxy_hops <= len(forwarded):
        return forwarded[-proxy_hops].strip()
    return request.remote or ""
