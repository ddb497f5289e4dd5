"""Guessing the passwords of the desk, and keeping its people out."""

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.accounts.policy import locked_until
from bot.desk.devices import DEVICE_COOKIE, Devices
from bot.storage.tables import AUDIT, DESK_ATTEMPTS, DESK_SESSIONS
from tests.desk.conftest import (
    PASSWORD,
    Browser,
    Clock,
    Visitors,
    accounts,
    clock,
    engine,
    said,
    visit,
)

__all__ = ["accounts", "clock", "engine", "said", "visit"]
WRONG = "een ander wachtwoord"
SSO = {"desk_sso_header": "X-Remote-User", "desk_sso_proxies": "127.0.0.1"}
BEHIND = {"trusted_proxies": "127.0.0.1"}


def at(browser: Browser, address: str) -> Browser:
    browser.headers = {**browser.headers, "X-Forwarded-For": address}
    return browser


def rows(engine: Engine, table: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


async def test_wrong_passwords_from_elsewhere_do_not_keep_the_owner_out(
    visit: Visitors, accounts: Accounts
) -> None:
    attacker, owner = at(await visit(**BEHIND), "6.6.6.6"), at(await visit(**BEHIND), "192.0.2.1")
    for _ in range(8):
        await attacker.sign_in("ada", WRONG)

    await owner.sign_in("ada")
    await attacker.sign_in("ada")

    assert (owner.status, owner.url) == (200, "/desk/")
    assert attacker.status == 403


async def test_a_known_browser_gets_in_although_its_own_network_is_locked(
    visit: Visitors, accounts: Accounts
) -> None:
    owner, neighbour = (
        at(await visit(**BEHIND), "192.0.2.1"),
        at(await visit(**BEHIND), "192.0.2.1"),
    )
    await owner.sign_in("ada")
    await owner.send("/desk/sign-out")
    for _ in range(8):
        await neighbour.sign_in("ada", WRONG)

    await neighbour.sign_in("ada")
    await owner.sign_in("ada")

    assert neighbour.status == 403
    assert (owner.status, owner.url) == (200, "/desk/")


async def test_a_network_of_ipv6_is_one_place(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit(**BEHIND)

    for number in range(5):
        await at(browser, f"2001:db8:1:2::{number}").sign_in("ada", WRONG)
    await at(browser, "2001:db8:1:2::beef").sign_in("ada")
    same_network = browser.status
    await at(browser, "2001:db8:1:3::1").sign_in("ada")

    assert (same_network, browser.status) == (403, 200)


def test_a_thousand_computers_with_a_few_guesses_each_are_a_guesser(
    accounts: Accounts, clock: Clock
) -> None:
    for number in range(101):
        accounts.sign_in("ada", WRONG, f"net:192.0.2.{number}")

    stranger = accounts.sign_in("ada", PASSWORD, "net:198.51.100.1")
    at_home = accounts.sign_in("ada", PASSWORD, "device:known")
    clock.advance(hours=1, minutes=1)

    assert (stranger, bool(at_home)) == (None, True)
    assert accounts.sign_in("ada", PASSWORD, "net:198.51.100.1")


def test_each_lock_lasts_twice_as_long_as_the_one_before(clock: Clock) -> None:
    now = clock()

    minutes = [
        (until - now) / timedelta(minutes=1)
        for failures in range(1, 10_000)
        if (until := locked_until(failures, now))
    ]

    assert minutes[:5] == [15, 30, 60, 120, 240]
    assert set(minutes[5:]) == {240}


def test_failures_that_are_a_day_old_are_forgotten(
    accounts: Accounts, clock: Clock, engine: Engine
) -> None:
    for number in range(50):
        accounts.sign_in("niemand", WRONG, f"net:{number}")
    clock.advance(days=1, minutes=1)

    accounts.sign_in("ada", WRONG, "net:1")

    assert rows(engine, DESK_ATTEMPTS) == 1


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.é", "x" * 5000])
def test_a_forged_device_is_no_known_place(token: str) -> None:
    devices = Devices(b"k" * 32)

    assert devices.place(token, "ada", "192.0.2.1") == "net:192.0.2.1"


def test_a_device_is_known_to_its_own_user_only() -> None:
    devices = Devices(b"k" * 32)
    token = devices.issue("An")

    assert devices.place(token, " an ", "192.0.2.1").startswith("device:")
    assert devices.place(token, "ada", "192.0.2.1") == "net:192.0.2.1"
    assert Devices(b"j" * 32).place(token, "an", "192.0.2.1") == "net:192.0.2.1"


def test_an_unknown_name_takes_as_long_as_a_known_one(accounts: Accounts) -> None:
    def one(name: str, number: int) -> float:
        started = time.process_time()
        accounts.sign_in(name, WRONG, f"net:{number}")
        return time.process_time() - started

    known = [one("ada", number) for number in range(30)]
    unknown = [one("niemand", number) for number in range(30)]

    # Against real passwords' 64 MiB and half a second this is nothing.
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.005


async def test_the_cookie_of_a_known_browser_says_nothing_of_its_user(
    visit: Visitors, accounts: Accounts
) -> None:
    browsers = [await visit("ada"), await visit("ada")]

    cookies = [
        next(c for c in browser.client.session.cookie_jar if c.key == DEVICE_COOKIE)
        for browser in browsers
    ]

    # Three letters stand in one random value of some thousands, and hardly ever in two.
    assert not all("ada" in cookie.value for cookie in cookies)
    cookie = cookies[0]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")


async def test_a_new_sign_in_ends_the_browsers_former_session(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit("an")
    former = next(c for c in browser.client.session.cookie_jar if c.key == "cybo_desk").value

    # The page still open in another tab.
    await browser.open("/desk/account")
    await browser.send("/desk/sign-in", name="ed", password=PASSWORD)
    other = await visit()
    await other.open("/desk/account", Cookie=f"cybo_desk={former}")

    assert other.url == "/desk/sign-in?next=/desk/account"
    assert rows(engine, DESK_SESSIONS) == 1


async def test_a_program_behind_the_proxy_makes_one_session_not_one_a_request(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit(**SSO)

    for _ in range(5):
        browser.client.session.cookie_jar.clear()
        await browser.open("/desk/account", **{"X-Remote-User": "ed"})

    assert browser.status == 200
    assert rows(engine, DESK_SESSIONS) == 1
    assert rows(engine, AUDIT) == 1


async def test_the_proxys_word_ends_the_session_of_whoever_sat_there_before(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit("ada", **SSO)

    await browser.open("/desk/account", **{"X-Remote-User": "an"})

    assert rows(engine, DESK_SESSIONS) == 1


@pytest.mark.parametrize(
    ("notice", "headers", "is_shown"),
    [
        ("signing.password_changed", {}, True),
        ("signing.password_changed", {"Sec-Fetch-Site": "same-origin"}, True),
        ("signing.password_changed", {"Sec-Fetch-Site": "cross-site"}, False),
        ("signing.password_changed", {"Sec-Fetch-Site": "none"}, False),
        ("signing.title", {}, False),
        ("common.nav.tickets", {}, False),
        ("review.moves.greet", {}, False),
        ("nowhere.nothing", {}, False),
        ("signing.", {}, False),
    ],
)
async def test_only_a_notice_of_our_own_is_shown(
    visit: Visitors, accounts: Accounts, notice: str, headers: dict[str, str], is_shown: bool
) -> None:
    browser = await visit("an")

    page = await browser.open(f"/desk/account?notice={notice}", **headers)

    assert ('role="status"' in page) is is_shown


@pytest.mark.parametrize("charset", ["foo", "idna"])
async def test_a_form_in_an_unknown_alphabet_is_the_senders_mistake(
    visit: Visitors, accounts: Accounts, charset: str
) -> None:
    browser = await visit()
    await browser.open("/desk/sign-in")

    response = await browser.client.post(
        "/desk/sign-in",
        data=b"name=ada",
        headers={
            "Origin": browser.origin,
            "Content-Type": f"application/x-www-form-urlencoded; charset={charset}",
        },
    )

    assert response.status in {400, 403}


async def test_a_form_with_files_is_refused(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit()
    await browser.open("/desk/sign-in")

    response = await browser.client.post(
        "/desk/sign-in",
        data=b"--x--",
        headers={"Origin": browser.origin, "Content-Type": "multipart/form-data; boundary=x"},
    )

    assert response.status == 415
