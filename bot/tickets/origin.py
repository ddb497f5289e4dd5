"""Where a turn comes from: a pseudonym of the visitor's network, never its address."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address, ip_network

# What one household or office usually has: RFC 4291 §2.5.4 for IPv6.
_PREFIXES = {4: 24, 6: 64}
_ORIGIN: ContextVar[str] = ContextVar("origin", default="")


def origin() -> str:
    """Name the network of this turn; empty when it is not known."""
    return _ORIGIN.get()


@contextmanager
def coming_from(network: str) -> Iterator[None]:
    """Say for the turn inside which network it comes from, as ``network_of`` names it."""
    token = _ORIGIN.set(network)
    try:
        yield
    finally:
        _ORIGIN.reset(token)


def network_of(address: str, key: bytes) -> str:
    """Give the pseudonym of an address's network: 32 hexadecimal digits.

    Empty for what is no address, and for this machine's own: behind it stands a proxy, or
    whoever runs the server, and nothing is known of a visitor.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    if parsed.is_loopback:
        return ""
    network = ip_network((parsed, _PREFIXES[parsed.version]), strict=False)
    return hmac.new(key, f"network:{network}".encode(), "sha256").hexdigest()[:32]
