"""Files that are read once and served from memory."""

import gzip
import hashlib

from aiohttp import web


class ServedFile:
    """A file in memory, packed once, that a browser fetches again only when it changed."""

    def __init__(self, text: str, content_type: str, headers: dict[str, str]) -> None:
        self._plain = text.encode()
        self._packed = gzip.compress(self._plain, mtime=0)
        self._type = content_type
        self._etag = hashlib.sha256(self._plain).hexdigest()[:16]
        self._headers = {**headers, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for it."""
        headers = {**self._headers, "ETag": f'"{self._etag}"'}
        if any(tag.value == self._etag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return web.Response(
            body=self._packed if is_packed else self._plain,
            content_type=self._type,
            charset="utf-8",
            headers=headers,
        )
