"""Signing in to the desk: passwords, sessions, forms, single sign-on."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.accounts import Accounts
from bot.storage.tables import AUDIT, DESK_SESSIONS
from tests.desk.conftest import PASSWORD, Clock, Visitors

WRONG = "een ander wachtwoord"


def actions(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.id)).all()
    return [(row.user, row.action) for row in rows]


async def test_without_any_user_the_page_says_how_to_add_one(visit: Visitors) -> None:
    browser = await visit()

    page = await browser.open("/desk/")

    assert browser.url.startswith("/desk/sign-in")
    assert "cybo desk add-user" in page


async def test_the_right_password_opens_the_desk(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit()
    await browser.open("/desk/?lang=en")

    await browser.send("/desk/sign-in", name=" An ", password=PASSWORD)

    assert (browser.status, browser.url) == (200, "/desk/")
    assert '<a href="/desk/account">an</a>' in browser.page
    assert actions(engine) == [("an", "signed_in")]


async def test_after_signing_in_one_gets_the_page_one_asked_for(
    visit: Visitors, accounts: Accounts
) -> None:
    browser = await visit()
    await browser.open("/desk/account")

    target = re.search(r'name="next" value="([^"]*)"', browser.page)
    assert target
    await browser.send("/desk/sign-in", name="an", password=PASSWORD, next=target[1])

    assert browser.url == "/desk/account"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/desk/\\evil", "/desk/\r\nX: y"]
)
async def test_signing_in_leads_to_no_other_site(
    visit: Visitors, accounts: Accounts, target: str
) -> None:
    browser = await visit()
    await browser.open("/desk/sign-in")

    await browser.send("/desk/sign-in", name="an", password=PASSWORD, next=target)

    assert (browser.status, browser.url) == (200, "/desk/")


async def test_wrong_unknown_and_locked_look_the_same(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit()

    def shown(page: str, name: str) -> str:
        page = re.sub(r'name="csrf" value="\w+"', "", page)
        return page.replace(f'value="{name}"', "")

    pages = []
    for name, password in [("an", WRONG), ("niemand", WRONG)]:
        await browser.sign_in(name, password)
        pages.append((browser.status, shown(browser.page, name)))
    for _ in range(4):
        await browser.sign_in("an", WRONG)
    await browser.sign_in("an")
    pages.append((browser.status, shown(browser.page, "an")))

    assert pages[0] == pages[1] == pages[2]
    assert pages[0][0] == 403
    assert set(actions(engine)) == {("an", "sign_in_failed"), ("-", "sign_in_failed")}


async def test_a_lock_ends_after_a_quarter_of_an_hour(
    visit: Visitors, accounts: Accounts, clock: Clock
) -> None:
    browser = await visit()
    for _ in range(5):
        await browser.sign_in("an", WRONG)

    clock.advance(minutes=14)
    await browser.sign_in("an")
    still = browser.status
    clock.advance(minutes=1)
    await browser.sign_in("an")

    assert (still, browser.status) == (403, 200)


async def test_a_session_ends_after_an_hour_alone_and_after_a_working_day(
    visit: Visitors, accounts: Accounts, clock: Clock
) -> None:
    browser = await visit("an")
    for _ in range(8):
        clock.advance(minutes=59)
        assert '<a href="/desk/account">' in await browser.open("/desk/")

    clock.advance(minutes=9)
    await browser.open("/desk/")
    after_a_day = browser.url
    await browser.sign_in("an")
    clock.advance(minutes=61)
    await browser.open("/desk/")

    assert after_a_day == browser.url == "/desk/sign-in?next=/desk/"


@pytest.mark.parametrize("token", ["", "forged", "x" * 5000, "é"])
async def test_a_forged_cookie_opens_nothing(
    visit: Visitors, accounts: Accounts, token: str
) -> None:
    browser = await visit()

    await browser.open("/desk/account", Cookie=f"cybo_desk={token}")

    assert browser.url == "/desk/sign-in?next=/desk/account"


async def test_the_cookie_is_kept_from_scripts_and_other_sites_and_stored_hashed(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit("an")

    cookie = next(c for c in browser.client.session.cookie_jar if c.key == "cybo_desk")
    with engine.connect() as connection:
        stored = connection.execute(select(DESK_SESSIONS.c.token_hash)).scalars().all()

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")
    assert len(cookie.value) == 43
    assert stored
    assert cookie.value not in stored


async def test_over_tls_the_cookie_travels_over_tls_only(
    visit: Visitors, accounts: Accounts
) -> None:
    browser = await visit(trusted_proxies="127.0.0.1")
    browser.headers = {"X-Forwarded-Proto": "https"}

    response = await browser.client.get("/desk/sign-in", headers=browser.headers)

    assert response.cookies["cybo_desk_guest"]["secure"]


async def test_who_signed_out_is_out(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit("an")
    kept = next(c for c in browser.client.session.cookie_jar if c.key == "cybo_desk").value

    await browser.send("/desk/sign-out")
    await browser.open("/desk/account", Cookie=f"cybo_desk={kept}")

    assert browser.url == "/desk/sign-in?next=/desk/account"


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "é"])
async def test_a_form_without_the_sessions_token_is_refused(
    visit: Visitors, accounts: Accounts, csrf: str | None
) -> None:
    browser = await visit("an")
    fields = {"current": PASSWORD, "password": "nog vier paarden", "again": "nog vier paarden"}

    browser.page = ""
    await browser.send("/desk/account", **fields, **({} if csrf is None else {"csrf": csrf}))

    assert browser.status == 403
    assert accounts.sign_in("an", PASSWORD)


async def test_the_token_of_another_session_is_refused(visit: Visitors, accounts: Accounts) -> None:
    one, other = await visit("an"), await visit("ed")

    one.page = other.page
    await one.send("/desk/sign-out")

    assert one.status == 403


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://127.0.0.1"])
async def test_a_form_of_another_site_is_refused(
    visit: Visitors, accounts: Accounts, origin: str
) -> None:
    browser = await visit("an")
    token = re.search(r'name="csrf" value="(\w+)"', browser.page)
    assert token

    response = await browser.client.post(
        "/desk/sign-out",
        data={"csrf": token[1]},
        headers={"Origin": origin} if origin else {},
    )

    assert response.status == 403


async def test_a_changed_password_ends_the_other_sessions(
    visit: Visitors, accounts: Accounts
) -> None:
    here, elsewhere = await visit("an"), await visit("an")
    new = "zes paarden in de stal"

    await here.open("/desk/account")
    await here.send("/desk/account", current=PASSWORD, password=new, again=new)
    await elsewhere.open("/desk/account")

    assert (here.status, here.url) == (200, "/desk/account?notice=signing.password_changed")
    assert elsewhere.url == "/desk/sign-in?next=/desk/account"
    assert accounts.sign_in("an", PASSWORD) is None
    assert accounts.sign_in("an", new)


@pytest.mark.parametrize(
    ("current", "password", "again"),
    [
        (WRONG, "zes paarden in de stal", "zes paarden in de stal"),
        (PASSWORD, "kort", "kort"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        (PASSWORD, "zes paarden in de stal", "zeven paarden in de stal"),
    ],
)
async def test_a_password_that_will_not_do_changes_nothing(
    visit: Visitors, accounts: Accounts, current: str, password: str, again: str
) -> None:
    browser = await visit("an")
    await browser.open("/desk/account")

    page = await browser.send("/desk/account", current=current, password=password, again=again)

    assert browser.status == 400
    assert 'role="alert"' in page
    assert accounts.sign_in("an", PASSWORD)


async def test_who_is_disabled_is_out_at_once(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit("an")

    accounts.disable("an")
    await browser.open("/desk/account")

    assert browser.url == "/desk/sign-in?next=/desk/account"
    assert accounts.sign_in("an", PASSWORD) is None


SSO = {"desk_sso_header": "X-Remote-User", "desk_sso_proxies": "127.0.0.1"}


async def test_the_proxys_header_signs_a_known_user_in_once(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    browser = await visit(**SSO)
    browser.headers = {"X-Remote-User": "Ed"}

    await browser.open("/desk/")
    await browser.open("/desk/account")
    await browser.send("/desk/account", current=WRONG, password="x", again="x")

    assert browser.status == 400
    assert actions(engine) == [("ed", "signed_in")]


async def test_a_user_the_desk_does_not_know_is_refused(
    visit: Visitors, accounts: Accounts
) -> None:
    browser = await visit(**SSO)

    await browser.open("/desk/", **{"X-Remote-User": "mallory"})
    refused = browser.status
    page = await browser.open("/desk/sign-in", **{"X-Remote-User": "mallory"})
    others = await (await visit(**SSO)).open("/desk/sign-in", **{"X-Remote-User": "mallory"})

    assert refused == 403
    assert re.findall(r'name="csrf" value="(\w+)"', page) != re.findall(
        r'name="csrf" value="(\w+)"', others
    )


async def test_the_header_counts_only_from_the_proxy_and_only_once(
    visit: Visitors, accounts: Accounts
) -> None:
    elsewhere = await visit(desk_sso_header="X-Remote-User", desk_sso_proxies="10.0.0.0/8")
    off, on = await visit(), await visit(**SSO)
    twice = [("X-Remote-User", "ada"), ("X-Remote-User", "an")]

    for browser in (elsewhere, off):
        await browser.open("/desk/account", **{"X-Remote-User": "ada"})
        assert browser.url == "/desk/sign-in?next=/desk/account"
    response = await on.client.get("/desk/account", headers=twice)
    assert response.url.path == "/desk/sign-in"


async def test_somebody_elses_session_does_not_survive_the_proxys_word(
    visit: Visitors, accounts: Accounts
) -> None:
    browser = await visit("ada", **SSO)

    await browser.open("/desk/account", **{"X-Remote-User": "an"})

    assert '<a href="/desk/account" aria-current="page">an</a>' in browser.page


async def test_an_address_that_is_nowhere_gets_a_page(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit("an")

    page = await browser.open("/desk/nowhere")

    assert browser.status == 404
    assert "<h1>" in page


async def test_guessing_is_slowed_down_by_address(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit()
    await browser.open("/desk/sign-in")
    sign_in = browser.page

    statuses = set()
    for number in range(45):
        browser.page = sign_in
        await browser.send("/desk/sign-in", name=f"user{number}", password=WRONG)
        statuses.add(browser.status)

    assert statuses == {403, 429}
