"""Whose request it is, as far as the network tells."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

_FORWARDED_FOR = "X-Forwarded-For"
# A provider gives every customer at least this much: a single address says nothing.
_IPV6_PREFIX = 64
# No chain of proxies is longer; whoever sends a longer one is no proxy.
_MOST_HOPS = 20

Address = IPv4Address | IPv6Address


class Proxies:
    """The proxies in front, by address or network: only their word on a visitor counts."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._networks = tuple(ip_network(proxy) for proxy in trusted)

    def are_trusted(self, peer: str | None) -> bool:
        """Say whether somebody at this address is one of them."""
        address = read_address(peer or "")
        return address is not None and self._trusts(address)

    def visitor(self, request: web.Request) -> str:
        """Name the visitor's place: an IPv4 address or an IPv6 network; empty when unknown.

        Every proxy appends whom it heard from, so the chain is believed from its end for as
        long as those who speak are ours. RFC 7239 §7.4 says why not from its beginning.
        """
        address = read_address(request.remote or "")
        chain = ",".join(request.headers.getall(_FORWARDED_FOR, [])).split(",")
        for hop in reversed(chain[-_MOST_HOPS:]):
            if address is None or not self._trusts(address):
                break
            named = read_address(hop)
            if named is None:
                break
            address = named
        return place_of(address) if address else ""

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def read_address(text: str) -> Address | None:
    """Read an address as headers and sockets write it, with a port or without."""
    bare = text.strip().strip('"').partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    # A socket for both families shows an IPv4 address inside an IPv6 one.
    return getattr(address, "ipv4_mapped", None) or address


def place_of(address: Address) -> str:
    """Name what one visitor can be told apart by."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
