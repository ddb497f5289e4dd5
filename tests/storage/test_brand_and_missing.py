"""Tickets with a brand of their own and without what the requester could not give."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot.storage import SqlTicketStore, open_database
from bot.storage.engine import connect, migrate, migrations, writing
from bot.tickets.check import InvalidDraft
from tests.storage.test_ticket_store import DRAFT, NOW

BARE = replace(
    DRAFT,
    filings=[{**DRAFT.filings[0], "enterprise_number": None}],
    certificate_email=None,
    certificate_number=None,
    certificate_type="other",
    certificate_brand="LuxTrust",
)
MISSING = ["enterprise_number", "certificate_email", "certificate_number"]


def test_a_ticket_comes_back_with_its_brand_and_what_it_lacks(database_url: str) -> None:
    store = SqlTicketStore(open_database(database_url), ["webhook"], may_lack=MISSING)

    ticket, _ = store.open(BARE, now=NOW)
    again, is_new = store.open(BARE, now=NOW)

    assert store.find(ticket.reference) == ticket == again
    assert not is_new
    assert ticket.draft == replace(BARE, network=ticket.draft.network)
    content = ticket.as_dict()
    assert (content["certificate_brand"], content["missing"]) == ("LuxTrust", MISSING)
    assert content["certificate_number"] is content["filings"][0]["enterprise_number"] is None


def test_what_a_desk_does_not_do_without_reaches_no_table(database_url: str) -> None:
    store = SqlTicketStore(open_database(database_url), may_lack=["certificate_number"])

    with pytest.raises(InvalidDraft):
        store.open(BARE, now=NOW)

    assert store.list() == []


def test_another_brand_is_another_request(database_url: str) -> None:
    store = SqlTicketStore(open_database(database_url), may_lack=MISSING)

    first, _ = store.open(BARE, now=NOW)
    second, _ = store.open(replace(BARE, certificate_brand="Certipost"), now=NOW)

    assert first.reference != second.reference


def test_tickets_of_before_keep_everything(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'cybo.db'}")
    config = migrations()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        connection.execute(
            text(
                "INSERT INTO tickets VALUES (1, 'CYB-2026-000123-8', 'f', 'new', '2026-11-24', "
                "'c', 'web', 'nl', 'An Peeters', 'an@example.be', '4A', 'isabel', NULL, '')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO ticket_filings VALUES "
                "(1, 1, 1, '0403170701', '2022-12-31', 'full', 'm02-f', 'initial', 'nl')"
            )
        )

    migrate(engine)

    ticket = SqlTicketStore(engine).find("CYB-2026-000123-8")
    assert ticket is not None
    assert (ticket.draft.certificate_owner, ticket.draft.certificate_type) == (
        "An Peeters",
        "isabel",
    )
    assert ticket.draft.filings[0]["enterprise_number"] == "0403170701"
    assert ticket.draft.missing == []
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
        command.upgrade(config, "head")
    assert SqlTicketStore(engine).find("CYB-2026-000123-8") == ticket
