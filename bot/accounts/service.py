"""Signing in and out, and looking after accounts."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.accounts.model import Account, Member, Role
from bot.accounts.passwords import Passwords
from bot.accounts.policy import DEVICE, is_name, normal_name, password_problem
from bot.errors import HelpdeskError

_OWN_PASSWORD = f"{DEVICE}own password"
_TOKEN_BYTES = 32  # 256 bits: not to be guessed

_PROBLEMS = {
    "name": "a name has 2 to 60 letters, digits, dots, hyphens, underscores or @",
    "name_taken": "there is an account with this name; choose another",
    "no_account": "there is no account with this name; `cybo desk list-users` shows them",
    "last_admin": "this is the last admin; make somebody else admin first",
    "role": "a role is agent, editor or admin",
    "password_short": "a password has at least 12 characters",
    "password_long": "a password has at most 200 characters",
    "password_simple": "this password is too easy to guess; a few words in a row make a good one",
    "password_wrong": "the current password is not right",
    "passwords_differ": "the two passwords differ; type the same one twice",
}


class AccountProblem(HelpdeskError):
    """An account cannot be made or changed like that; ``code`` names why, for translation."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_PROBLEMS[code])


@dataclass(frozen=True)
class Attempt:
    """The account that somebody tries to enter, and from where.

    ``may_pass``: the account is not disabled, and not locked for this place.
    """

    name: str
    place: str
    password_hash: str
    may_pass: bool


class AccountStore(Protocol):
    """Where accounts and sessions are kept; every method is one transaction."""

    def begin_attempt(self, name: str, now: datetime, place: str = "") -> Attempt | None:
        """Count an attempt as failed before the password is looked at; None: no such account.

        Counted first, so that a hundred attempts at once are a hundred attempts.
        """

    def attempt_succeeded(self, attempt: Attempt) -> None:
        """Forget the failures from this place."""

    def set_password(self, name: str, hashed: str, keep_session: str = "") -> bool:
        """Change the hash, unlock, and end all sessions but one; False: no such account."""

    def renew_hash(self, name: str, hashed: str) -> None:
        """Replace a hash by a stronger one of the same password."""

    def begin_session(self, name: str, token_hash: str, now: datetime) -> Member | None:
        """Begin a session; None when the account does not exist or is disabled."""

    def session(self, token_hash: str, now: datetime) -> Member | None:
        """Give whose session it is, while it lasts, and note that it was used."""

    def end_session(self, token_hash: str) -> None:
        """End a session."""

    def add(self, name: str, hashed: str, role: Role, now: datetime) -> None:
        """Make an account. Raises: AccountProblem."""

    def set_role(self, name: str, role: Role) -> None:
        """Change what somebody may do.

        Raises: AccountProblem, when there is no such account or no admin would be left.
        """

    def set_disabled(self, name: str, at: datetime | None) -> None:
        """Disable an account and end its sessions, or enable it. Raises: AccountProblem."""

    def accounts(self) -> Sequence[Account]:
        """Give all accounts by name."""


class Accounts:
    """What the desk's pages and `cybo desk` do with accounts."""

    def __init__(
        self, store: AccountStore, passwords: Passwords, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._now = now

    def sign_in(self, name: str, password: str, place: str = "") -> str | None:
        """Begin a session and give its token; None for whatever is wrong, after the same work.

        ``place``: where the attempt comes from; wrong passwords lock the account for it alone.
        """
        attempt = self._store.begin_attempt(normal_name(name), self._now(), place)
        is_right = self._passwords.is_right(attempt.password_hash if attempt else None, password)
        if attempt is None or not is_right or not attempt.may_pass:
            return None
        self._store.attempt_succeeded(attempt)
        if self._passwords.is_outdated(attempt.password_hash):
            self._store.renew_hash(attempt.name, self._passwords.hash(password))
        return self.begin_session(attempt.name)

    def begin_session(self, name: str) -> str | None:
        """Begin a session for somebody who has proved who they are; None: no such account."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        member = self._store.begin_session(normal_name(name), _hashed(token), self._now())
        return token if member else None

    def member(self, token: str) -> Member | None:
        """Say whose token it is; None when it is forged, ended or too old."""
        return self._store.session(_hashed(token), self._now()) if token else None

    def sign_out(self, token: str) -> None:
        """End the session."""
        self._store.end_session(_hashed(token))

    def is_known(self, name: str) -> bool:
        """Say whether an account has this name."""
        wanted = normal_name(name)
        return any(account.name == wanted for account in self._store.accounts())

    def add(self, name: str, role: str, password: str, again: str) -> str:
        """Make an account; gives its name as stored. Raises: AccountProblem."""
        name = normal_name(name)
        if not is_name(name):
            raise AccountProblem("name")
        known = _role(role)
        self._store.add(name, self._new_hash(name, password, again), known, self._now())
        return name

    def set_password(self, name: str, password: str, again: str) -> None:
        """Give an account another password. Raises: AccountProblem."""
        name = normal_name(name)
        if not self._store.set_password(name, self._new_hash(name, password, again)):
            raise AccountProblem("no_account")

    def change_own_password(
        self, token: str, member: Member, current: str, password: str, again: str
    ) -> None:
        """Change one's own password; other sessions end. Raises: AccountProblem."""
        # A place of its own: who guesses here keeps nobody from signing in.
        attempt = self._store.begin_attempt(member.name, self._now(), _OWN_PASSWORD)
        is_right = self._passwords.is_right(attempt.password_hash if attempt else None, current)
        if attempt is None or not attempt.may_pass or not is_right:
            raise AccountProblem("password_wrong")
        self._store.attempt_succeeded(attempt)
        hashed = self._new_hash(member.name, password, again)
        self._store.set_password(member.name, hashed, keep_session=_hashed(token))

    def set_role(self, name: str, role: str) -> None:
        """Change what somebody may do. Raises: AccountProblem."""
        self._store.set_role(normal_name(name), _role(role))

    def disable(self, name: str) -> None:
        """Let nobody use the account any more. Raises: AccountProblem."""
        self._store.set_disabled(normal_name(name), self._now())

    def enable(self, name: str) -> None:
        """Let its owner use the account again. Raises: AccountProblem."""
        self._store.set_disabled(normal_name(name), None)

    def accounts(self) -> Sequence[Account]:
        """Give all accounts by name."""
        return self._store.accounts()

    def _new_hash(self, name: str, password: str, again: str) -> str:
        if password != again:
            raise AccountProblem("passwords_differ")
        if problem := password_problem(password, name):
            raise AccountProblem(problem)
        return self._passwords.hash(password)


def _role(word: str) -> Role:
    role = Role.from_word(word)
    if role is None:
        raise AccountProblem("role")
    return role


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
