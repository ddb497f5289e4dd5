"""The numbers of signing in, and what a name and a password must be."""

import re
from datetime import datetime, timedelta

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
"""After so many wrong passwords in a row nobody signs in to the account for so long."""

SESSION_LIFETIME = timedelta(hours=8)
"""A working day: then everybody signs in again."""
SESSION_IDLE = timedelta(hours=1)
# A session that is used is noted once a minute: a write for every page would be too much.
SEEN_EVERY = timedelta(minutes=1)

MIN_PASSWORD_CHARS = 12
# Argon2 reads all of it: a password of megabytes would be a way to keep the server busy.
MAX_PASSWORD_CHARS = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


def normal_name(name: str) -> str:
    """Write a user name as it is stored: in lower case, without spaces around it."""
    return name.strip().lower()


def is_name(name: str) -> bool:
    """Say whether a normalised name may be given to an account."""
    return bool(_NAME.fullmatch(name))


def password_problem(password: str, name: str) -> str | None:
    """Say why a new password will not do, in a word; None when it will."""
    if len(password) < MIN_PASSWORD_CHARS:
        return "password_short"
    if len(password) > MAX_PASSWORD_CHARS:
        return "password_long"
    # "aaaaaaaaaaaa" and "an.peeters-an.peeters" are long, and the first that anybody tries.
    if len(set(password)) < 5 or not password.lower().replace(name, "").strip("0123456789.-_ "):
        return "password_simple"
    return None


def is_session_over(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session has lasted too long or was left alone for too long."""
    return now - created_at >= SESSION_LIFETIME or now - seen_at >= SESSION_IDLE
