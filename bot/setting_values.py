"""What the values of single settings must be; a ValueError says what is wrong with one."""

import re
from collections.abc import Iterable
from ipaddress import ip_network

from bot.details.model import DETAILS

_LEAST_KEY_CHARS, _MOST_KEYS = 32, 2
_ORIGIN = re.compile(r"https?://[^/\s*?#]{1,255}")
_NO_DETAIL = "none"


def check_origins(origins: Iterable[str]) -> None:
    """See that all are origins of pages."""
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin; write it as https://www.example.be")


def check_networks(networks: Iterable[str]) -> None:
    """See that all are addresses or networks."""
    for network in networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise ValueError(
                f"{network!r} is no address or network; write it as 10.1.2.3 or 10.1.2.0/24"
            ) from error


def check_keys(secret: str) -> None:
    """See that it is one secret, or two, long enough to sign with."""
    keys = [part.strip() for part in secret.split(",")]
    if len(keys) > _MOST_KEYS or any(len(part) < _LEAST_KEY_CHARS for part in keys):
        raise ValueError(
            f"must be one secret, or two separated by a comma, of at least {_LEAST_KEY_CHARS} "
            "characters each (`openssl rand -hex 32` makes one)"
        )


def named_details(names: tuple[str, ...]) -> tuple[str, ...]:
    """Read names of details; ``none`` alone, since an empty setting counts as not set."""
    if names == (_NO_DETAIL,):
        return ()
    if unknown := [name for name in names if name not in DETAILS]:
        raise ValueError(
            f"{unknown[0]!r} is no detail; name some of {', '.join(DETAILS)}, or {_NO_DETAIL}"
        )
    return names
