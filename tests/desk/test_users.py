"""Users, roles and the audit log."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from bot.accounts import Accounts
from bot.audit import Entry
from bot.storage import SqlAudit
from bot.storage.engine import writing
from bot.storage.tables import AUDIT
from tests.desk.conftest import PASSWORD, Visitors
from tests.desk.seed import NOW

NEW = {"name": "bo", "role": "agent", "password": PASSWORD, "again": PASSWORD}
XSS = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("an", "/desk/", 200), ("an", "/desk/tickets", 200), ("an", "/desk/conversations", 200),
        ("an", "/desk/users", 403), ("an", "/desk/users/ada", 403), ("an", "/desk/audit", 403),
        ("ed", "/desk/users", 403), ("ed", "/desk/audit", 403),
        ("ada", "/desk/users", 200), ("ada", "/desk/users/an", 200), ("ada", "/desk/audit", 200),
    ],
)  # fmt: skip
async def test_a_page_opens_for_its_roles_only(
    visit: Visitors, accounts: Accounts, name: str, path: str, status: int
) -> None:
    browser = await visit(name)

    await browser.open(path)

    assert browser.status == status


async def test_the_menu_shows_what_one_may_open(visit: Visitors, accounts: Accounts) -> None:
    agent, admin = await visit("an"), await visit("ada")

    for path in ("/desk/users", "/desk/audit", "/desk/review"):
        assert f'<li><a href="{path}"' not in agent.page
        assert f'<li><a href="{path}"' in admin.page


async def test_an_agent_cannot_add_or_promote_anybody(visit: Visitors, accounts: Accounts) -> None:
    browser = await visit("an")

    await browser.send("/desk/users", **NEW)
    added = browser.status
    await browser.open("/desk/")
    await browser.send("/desk/users/an", do="role", role="admin")

    assert (added, browser.status) == (403, 403)
    assert [account.name for account in accounts.accounts()] == ["ada", "an", "ed"]
    assert accounts.accounts()[1].role.word == "agent"


async def test_an_admin_adds_changes_and_disables_a_user(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    admin = await visit("ada")
    await admin.open("/desk/users")

    await admin.send("/desk/users", **NEW)
    await admin.open("/desk/users/bo")
    await admin.send("/desk/users/bo", do="role", role="editor")
    await admin.send(
        "/desk/users/bo", do="password", password="nog vier paarden", again="nog vier paarden"
    )
    newcomer = await visit()
    await newcomer.sign_in("bo", "nog vier paarden")
    await admin.send("/desk/users/bo", do="disable")
    await newcomer.open("/desk/account")
    out = newcomer.url
    await admin.send("/desk/users/bo", do="enable")

    assert out == "/desk/sign-in?next=/desk/account"
    assert accounts.sign_in("bo", "nog vier paarden")
    with engine.connect() as connection:
        rows = connection.execute(select(AUDIT).where(AUDIT.c.user == "ada")).all()
    assert [(row.action, row.subject, row.detail) for row in rows[1:]] == [
        ("user_added", "bo", "agent"),
        ("user_role_changed", "bo", "editor"),
        ("user_password_set", "bo", ""),
        ("user_disabled", "bo", ""),
        ("user_enabled", "bo", ""),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "an"},
        {"name": "x"},
        {"name": XSS},
        {"name": "bo bo"},
        {"role": "king"},
        {"role": ""},
        {"password": "kort", "again": "kort"},
        {"again": "iets anders dan dat"},
    ],
)
async def test_a_user_that_cannot_be_added_is_explained(
    visit: Visitors, accounts: Accounts, fields: dict[str, str]
) -> None:
    admin = await visit("ada")
    await admin.open("/desk/users")

    page = await admin.send("/desk/users", **{**NEW, **fields})

    assert admin.status == 400
    assert 'role="alert"' in page
    assert XSS not in page
    assert PASSWORD not in page
    assert len(accounts.accounts()) == 3


@pytest.mark.parametrize("fields", [{"do": "disable"}, {"do": "role", "role": "agent"}])
async def test_the_last_admin_stays(
    visit: Visitors, accounts: Accounts, fields: dict[str, str]
) -> None:
    admin = await visit("ada")
    await admin.open("/desk/users/ada")

    await admin.send("/desk/users/ada", **fields)

    assert admin.status == 400
    await admin.open("/desk/users")
    assert admin.status == 200


async def test_the_audit_log_comes_in_pages_newest_first(
    visit: Visitors, accounts: Accounts, engine: Engine
) -> None:
    audit = SqlAudit(engine)
    for number in range(60):
        audit.note(Entry(NOW, XSS, f"action{number}", XSS, XSS))
    admin = await visit("ada")

    first, second = await admin.open("/desk/audit"), await admin.open("/desk/audit?page=2")

    assert "action59" in first
    assert "action10" not in first
    assert "action10" in second
    assert XSS not in first
    assert "&lt;script&gt;" in first


def test_nobody_can_change_the_audit_log(engine: Engine) -> None:
    SqlAudit(engine).note(Entry(NOW, "an", "signed_in"))

    with pytest.raises(DatabaseError), writing(engine) as connection:
        connection.execute(delete(AUDIT))


@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/", "/desk/tickets", "/desk/nowhere"])
async def test_a_page_lets_no_foreign_code_in_and_is_kept_nowhere(
    visit: Visitors, accounts: Accounts, path: str
) -> None:
    browser = await visit("an")

    headers = (await browser.client.get(path, allow_redirects=False)).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
