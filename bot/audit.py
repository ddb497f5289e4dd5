"""What people did at the desk: written once, changed never.

Entries name users, references and numbers, nothing of the people who wrote to us.
"""

from dataclasses import dataclass
from datetime import datetime

SIGNED_IN, SIGN_IN_FAILED, SIGNED_OUT = "signed_in", "sign_in_failed", "signed_out"
NOBODY = "-"
"""Stands for who is not known: what was typed as a name may have been a password."""


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did. ``at``: timezone-aware, UTC."""

    at: datetime
    user: str
    action: str
    subject: str = ""
    detail: str = ""
