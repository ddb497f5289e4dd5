"""Passwords, lockout and sessions, below the pages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bot.accounts import Accounts, Role
from bot.accounts.passwords import Passwords
from bot.accounts.policy import is_session_over, password_problem
from bot.storage import SqlAccountStore, open_database
from bot.storage.tables import DESK_USERS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
PASSWORD = "vier paarden in een wei"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def store(tmp_path: Path) -> SqlAccountStore:
    return SqlAccountStore(open_database(f"sqlite:///{tmp_path / 'cybo.db'}"))


@pytest.fixture
def accounts(store: SqlAccountStore) -> Accounts:
    made = Accounts(store, Passwords(CHEAP), lambda: NOW)
    made.add("an", "agent", PASSWORD, PASSWORD)
    return made


def test_roles_rise_from_agent_to_admin() -> None:
    assert Role.AGENT < Role.EDITOR < Role.ADMIN
    assert Role.from_word("editor") is Role.EDITOR
    assert Role.from_word("king") is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elf tekens!", "password_short"),
        ("twaalf teken", None),
        ("x" * 201, "password_long"),
        ("ababababababab", "password_simple"),
        ("an.peeters-2026", "password_simple"),
        ("AN.PEETERSAN.PEETERS", "password_simple"),
        ("wachtwoord is dit niet", None),
    ],
)
def test_a_password_is_long_and_more_than_the_name(password: str, problem: str | None) -> None:
    assert password_problem(password, "an.peeters") == problem


def test_a_hundred_guesses_at_once_are_five(accounts: Accounts, store: SqlAccountStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(lambda _: store.begin_attempt("an", NOW), range(100)))

    assert sum(attempt.may_pass for attempt in attempts if attempt) == 5
    assert accounts.sign_in("an", PASSWORD) is None


def test_four_mistakes_are_forgotten_with_the_right_password(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(4):
            assert accounts.sign_in("an", "iets anders") is None
        assert accounts.sign_in("an", PASSWORD)


@pytest.mark.parametrize("name", ["niemand", "an"])
def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    store: SqlAccountStore, name: str
) -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, *arguments: object) -> bool:
            checked.append(str(arguments[0])[:9])
            return bool(super().verify(*arguments))  # type: ignore[arg-type]

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(store, Passwords(hasher), lambda: NOW)
    accounts.add("an", "agent", PASSWORD, PASSWORD)

    assert accounts.sign_in(name, "iets anders") is None
    assert checked == ["$argon2id"]


def test_a_hash_of_weaker_settings_is_renewed_at_the_next_sign_in(
    accounts: Accounts, store: SqlAccountStore, tmp_path: Path
) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)

    Accounts(store, Passwords(stronger), lambda: NOW).sign_in("an", PASSWORD)

    with open_database(f"sqlite:///{tmp_path / 'cybo.db'}").connect() as connection:
        hashed = connection.execute(select(DESK_USERS.c.password_hash)).scalar_one()
    assert "m=16,t=2" in hashed


@pytest.mark.parametrize(
    ("age", "idle", "is_over"),
    [(7.9, 0.9, False), (8, 0, True), (7, 1, True), (1, 1.5, True)],
)
def test_a_session_lasts_a_working_day_and_an_hour_alone(
    age: float, idle: float, is_over: bool
) -> None:
    created, seen = NOW - timedelta(hours=age), NOW - timedelta(hours=idle)

    assert is_session_over(created, seen, NOW) is is_over
