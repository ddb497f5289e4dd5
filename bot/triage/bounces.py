"""Reports that our own answers did not arrive (RFC 3464)."""

import re
from dataclasses import dataclass

from bot.triage.mail import Limits, Quarantined
from bot.triage.read import parse_mail

_MESSAGE_ID = re.compile(r"(?im)^(?:message-id|original-message-id):\s{0,9}(<[^<>\s]{1,500}>)")
_STATUS = re.compile(r"(?im)^status:\s{0,9}([245])\.\d{1,3}\.\d{1,3}")
_MAX_TEXT_CHARS = 200_000
# A report speaks of one mail; a database takes a few thousand values in a statement.
_MAX_IDS = 100


@dataclass(frozen=True)
class Bounce:
    """A delivery report. ``message_ids``: of the mails it may speak of."""

    message_ids: tuple[str, ...]
    is_permanent: bool


def read_bounce(raw: bytes, limits: Limits | None = None) -> Bounce | None:
    """Read a delivery status notification; None when it is none or says nothing."""
    try:
        message, _ = parse_mail(raw, limits or Limits())
    except Quarantined:
        return None
    if message.get_content_type() != "multipart/report":
        return None
    # The outer headers name the report itself; what it reports on stands in its parts.
    parts = message.get_payload()
    text = "\n".join(str(part)[:_MAX_TEXT_CHARS] for part in parts if isinstance(parts, list))
    statuses = _STATUS.findall(text)
    own_ids = tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[:_MAX_IDS]
    return Bounce(own_ids, "5" in statuses) if statuses and own_ids else None
