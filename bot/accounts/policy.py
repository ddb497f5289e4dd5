"""The numbers of signing in, and what a name and a password must be."""

import re
from datetime import datetime, timedelta

MOST_FAILURES = 5
"""After so many wrong passwords in a row nobody signs in to the account from that place."""

_LOCKED_FOR = timedelta(minutes=15)
_LOCKED_FOR_AT_MOST = timedelta(hours=4)
FAILURES_LAST = timedelta(days=1)
"""A place from which nobody has tried for so long begins anew."""

DEVICE = "device:"
"""Begins the name of a place where the account's owner has signed in before."""
MOST_BY_STRANGERS = 100
STRANGERS_COUNT_FOR = timedelta(hours=1)
"""More failures from unknown places, together, and only known ones may still sign in: a
thousand computers with five guesses each are a guesser too."""

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


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Say until when a place is locked after so many failures: each time twice as long."""
    if failures % MOST_FAILURES:
        return None
    # Doubled a few times only: two to the power of thousands is no time.
    doublings = min(failures // MOST_FAILURES - 1, 10)
    return now + min(_LOCKED_FOR * (1 << doublings), _LOCKED_FOR_AT_MOST)


def is_session_over(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Say whether a session has lasted too long or was left alone for too long."""
    return now - created_at >= SESSION_LIFETIME or now - seen_at >= SESSION_IDLE
