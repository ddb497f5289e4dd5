"""One secret of the installation, and from it a key of its own for every purpose."""

import hmac

Secret = bytes | tuple[bytes, ...]
"""The installation's secret; while it is changed two, of which the first signs."""

CHAT_SESSIONS = "chat sessions"
TICKET_CODES = "ticket codes"
MAIL_THREADS = "mail threads"
ERASURES = "erasures"
ERASED_MAILS = "erased mails"
ASKERS = "askers"
NETWORKS = "networks"
DESK_DEVICES = "desk devices"


def derived(secret: Secret, purpose: str) -> tuple[bytes, ...]:
    """Give the keys of a purpose, the one that signs first; 32 bytes each.

    Who holds one of them knows none of the others (HMAC-SHA-256 as a pseudorandom
    function, as in NIST SP 800-108).
    """
    secrets = (secret,) if isinstance(secret, bytes) else secret
    return tuple(hmac.digest(one, b"cybo/" + purpose.encode(), "sha256") for one in secrets)
