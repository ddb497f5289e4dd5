"""The desk's accounts and sessions in the database."""

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from bot.accounts.model import Account, Member, Role
from bot.accounts.policy import (
    DEVICE,
    FAILURES_LAST,
    MOST_BY_STRANGERS,
    SEEN_EVERY,
    SESSION_LIFETIME,
    STRANGERS_COUNT_FOR,
    is_session_over,
    locked_until,
)
from bot.accounts.service import AccountProblem, Attempt
from bot.storage.engine import insert_into, to_column, writing
from bot.storage.tables import DESK_ATTEMPTS, DESK_SESSIONS, DESK_USERS

# Attempts on names that nobody has are counted as well: the same work for every name.
_NOBODY = ""


class SqlAccountStore:
    """Keeps accounts and sessions in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin_attempt(self, name: str, now: datetime, place: str = "") -> Attempt | None:
        """Count an attempt as failed before the password is looked at; None: no such account."""
        with writing(self._engine) as connection:
            row = _find(connection, name)
            is_locked = _count_failure(connection, row.name if row else _NOBODY, place, now)
            if row is None:
                return None
            is_open = not is_locked and row.disabled_at is None
            return Attempt(row.name, place, row.password_hash, is_open)

    def attempt_succeeded(self, attempt: Attempt) -> None:
        """Forget the failures from this place."""
        here = and_(DESK_ATTEMPTS.c.name == attempt.name, DESK_ATTEMPTS.c.place == attempt.place)
        with writing(self._engine) as connection:
            connection.execute(delete(DESK_ATTEMPTS).where(here))

    def set_password(self, name: str, hashed: str, keep_session: str = "") -> bool:
        """Change the hash, unlock, and end all sessions but one; False: no such account."""
        with writing(self._engine) as connection:
            row = _find(connection, name)
            if row is None:
                return False
            _change(connection, row.id, password_hash=hashed)
            connection.execute(delete(DESK_ATTEMPTS).where(DESK_ATTEMPTS.c.name == name))
            others = and_(
                DESK_SESSIONS.c.user_id == row.id, DESK_SESSIONS.c.token_hash != keep_session
            )
            connection.execute(delete(DESK_SESSIONS).where(others))
            return True

    def renew_hash(self, name: str, hashed: str) -> None:
        """Replace a hash by a stronger one of the same password."""
        with writing(self._engine) as connection:
            connection.execute(
                update(DESK_USERS).where(DESK_USERS.c.name == name).values(password_hash=hashed)
            )

    def begin_session(self, name: str, token_hash: str, now: datetime) -> Member | None:
        """Begin a session; None when the account does not exist or is disabled."""
        with writing(self._engine) as connection:
            row = _find(connection, name)
            if row is None or row.disabled_at:
                return None
            moment = to_column(now)
            over = DESK_SESSIONS.c.created_at <= to_column(now - SESSION_LIFETIME)
            connection.execute(delete(DESK_SESSIONS).where(over))
            connection.execute(
                insert(DESK_SESSIONS).values(
                    token_hash=token_hash, user_id=row.id, created_at=moment, seen_at=moment
                )
            )
            return Member(row.name, Role[row.role.upper()])

    def session(self, token_hash: str, now: datetime) -> Member | None:
        """Give whose session it is, while it lasts, and note that it was used."""
        query = (
            select(DESK_SESSIONS, DESK_USERS.c.name, DESK_USERS.c.role)
            .join(DESK_USERS, DESK_USERS.c.id == DESK_SESSIONS.c.user_id)
            .where(DESK_SESSIONS.c.token_hash == token_hash, DESK_USERS.c.disabled_at.is_(None))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        moment = to_column(now)
        if is_session_over(row.created_at, row.seen_at, moment):
            self.end_session(token_hash)
            return None
        if moment - row.seen_at >= SEEN_EVERY:
            this = DESK_SESSIONS.c.token_hash == token_hash
            with writing(self._engine) as connection:
                connection.execute(update(DESK_SESSIONS).where(this).values(seen_at=moment))
        return Member(row.name, Role[row.role.upper()])

    def end_session(self, token_hash: str) -> None:
        """End a session."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(DESK_SESSIONS).where(DESK_SESSIONS.c.token_hash == token_hash)
            )

    def add(self, name: str, hashed: str, role: Role, now: datetime) -> None:
        """Make an account. Raises: AccountProblem."""
        with writing(self._engine) as connection:
            if _find(connection, name):
                raise AccountProblem("name_taken")
            connection.execute(
                insert(DESK_USERS).values(
                    name=name,
                    password_hash=hashed,
                    role=role.word,
                    created_at=to_column(now),
                )
            )

    def set_role(self, name: str, role: Role) -> None:
        """Change what somebody may do. Raises: AccountProblem."""
        with writing(self._engine) as connection:
            row = _known(connection, name)
            _change(connection, row.id, role=role.word)
            _check_admins(connection)

    def set_disabled(self, name: str, at: datetime | None) -> None:
        """Disable an account and end its sessions, or enable it. Raises: AccountProblem."""
        with writing(self._engine) as connection:
            row = _known(connection, name)
            _change(connection, row.id, disabled_at=to_column(at) if at else None)
            if at:
                _check_admins(connection)
                connection.execute(delete(DESK_SESSIONS).where(DESK_SESSIONS.c.user_id == row.id))

    def accounts(self) -> Sequence[Account]:
        """Give all accounts by name."""
        locks = (
            select(DESK_ATTEMPTS.c.name, func.max(DESK_ATTEMPTS.c.locked_until).label("until"))
            .group_by(DESK_ATTEMPTS.c.name)
            .subquery()
        )
        query = (
            select(DESK_USERS, locks.c.until)
            .outerjoin(locks, locks.c.name == DESK_USERS.c.name)
            .order_by(DESK_USERS.c.name)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Account(
                row.name,
                Role[row.role.upper()],
                _utc(row.created_at),
                _utc(row.disabled_at) if row.disabled_at else None,
                _utc(row.until) if row.until else None,
            )
            for row in rows
        ]


def _find(connection: Connection, name: str) -> Any:
    # Locked where the database locks rows: two changes of one account wait for each other.
    query = select(DESK_USERS).where(DESK_USERS.c.name == name).with_for_update()
    return connection.execute(query).first()


def _count_failure(connection: Connection, name: str, place: str, now: datetime) -> bool:
    """Count a failure unless the place is locked; gives whether it is."""
    moment = to_column(now)
    stale = DESK_ATTEMPTS.c.last_at < to_column(now - FAILURES_LAST)
    connection.execute(delete(DESK_ATTEMPTS).where(stale))
    new = {"name": name, "place": place, "failures": 0, "last_at": moment}
    connection.execute(insert_into(connection, DESK_ATTEMPTS).values(new).on_conflict_do_nothing())
    here = and_(DESK_ATTEMPTS.c.name == name, DESK_ATTEMPTS.c.place == place)
    tried = connection.execute(select(DESK_ATTEMPTS).where(here).with_for_update()).one()
    if tried.locked_until is not None and tried.locked_until > moment:
        return True
    until = locked_until(tried.failures + 1, now)
    counted = {
        "failures": tried.failures + 1,
        "last_at": moment,
        "locked_until": to_column(until) if until else None,
    }
    connection.execute(update(DESK_ATTEMPTS).where(here).values(**counted))
    return not place.startswith(DEVICE) and _strangers(connection, name, now) > MOST_BY_STRANGERS


def _strangers(connection: Connection, name: str, now: datetime) -> int:
    """Count the latest failures from places where nobody has signed in to this account."""
    failures = select(func.coalesce(func.sum(DESK_ATTEMPTS.c.failures), 0)).where(
        DESK_ATTEMPTS.c.name == name,
        DESK_ATTEMPTS.c.place.not_like(f"{DEVICE}%"),
        DESK_ATTEMPTS.c.last_at >= to_column(now - STRANGERS_COUNT_FOR),
    )
    return int(connection.execute(failures).scalar_one())


def _known(connection: Connection, name: str) -> Any:
    row = _find(connection, name)
    if row is None:
        raise AccountProblem("no_account")
    return row


def _change(connection: Connection, user_id: int, **values: Any) -> None:
    connection.execute(update(DESK_USERS).where(DESK_USERS.c.id == user_id).values(values))


def _check_admins(connection: Connection) -> None:
    """See that somebody is left who can look after the accounts; else nothing is changed."""
    active = select(func.count()).where(
        DESK_USERS.c.role == Role.ADMIN.word, DESK_USERS.c.disabled_at.is_(None)
    )
    if not connection.execute(active).scalar_one():
        raise AccountProblem("last_admin")


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc)
