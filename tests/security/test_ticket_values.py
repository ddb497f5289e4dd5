"""No value outside its closed list is stored; a chat is asked for it again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.details import InvalidDetail
from bot.language import LANGUAGES
from bot.storage import SqlTicketStore
from bot.storage.tables import FILINGS, OUTBOX, TICKETS
from bot.tickets.check import InvalidDraft
from bot.tickets.model import Draft
from tests.actions.test_schema import (
    CERTIFICATE,
    COMPLETE,
    TWO_FILINGS,
    FakeTicketStore,
    Run,
    Turn,
    executor,
    responses,
    run,
    slots_set,
    store,
    told,
)
from tests.desk.conftest import engine
from tests.desk.seed import FILING, NOW

__all__ = ["engine", "executor", "responses", "run", "store"]

DRAFT = Draft("an", "web", "nl", [FILING], **CERTIFICATE)
CONFIRMED = Turn(
    {**COMPLETE, "requested_slot": "confirm_ticket"}, "ja", stated={"confirm_ticket": True}
)


# What may be stored


@pytest.mark.parametrize(
    "change",
    [
        {"language": "xx"},
        {"channel": "xx"},
        {"certificate_email": "no address"},
        {"certificate_type": "xx"},
        {"filings": [{**FILING, "filing_model": "xx"}]},
        {"filings": [{**FILING, "enterprise_number": "0403170702"}]},
    ],
    ids=str,
)
def test_a_value_outside_its_closed_list_reaches_no_table(
    engine: Engine, change: dict[str, Any]
) -> None:
    with pytest.raises(InvalidDraft):
        SqlTicketStore(engine, ["webhook"]).open(replace(DRAFT, **change), now=NOW)

    with engine.connect() as connection:
        for table in (TICKETS, FILINGS, OUTBOX):
            assert connection.execute(select(table)).all() == []


async def test_a_language_that_nobody_speaks_becomes_none_of_a_ticket(
    run: Run, store: FakeTicketStore
) -> None:
    call = Turn(COMPLETE).call("action_open_ticket", "xx")

    answer = await run(call)

    assert told(answer) == ["utter_ticket_opened"]
    assert store.list()[-1].draft.language in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("detail", "value"),
    [
        ("enterprise_number", "0403170702"),
        ("closing_date", "2023-02-31"),
        ("filing_model", "xx"),
        ("certificate_email", "an@example"),
        ("certificate_type", "xx"),
    ],
)
async def test_what_no_ticket_may_hold_is_asked_again_and_nothing_else_is_lost(
    run: Run, language: str, detail: str, value: str
) -> None:
    spoilt = replace(CONFIRMED, slots={**CONFIRMED.slots, detail: value})

    answer = await run(spoilt.call("validate_migration_request_form", language))

    slots = slots_set(answer)
    assert (slots[detail], slots["confirm_ticket"]) == (None, None)
    assert told(answer)[0].startswith(f"utter_refuse_{detail}_")
    kept = COMPLETE.keys()
    assert not [name for name in kept if name != detail and slots.get(name, "kept") is None]


async def test_a_request_that_the_store_refuses_is_asked_for_again(
    run: Run, store: FakeTicketStore
) -> None:
    store.failure = InvalidDraft((InvalidDetail("certificate_type", "unknown"),))

    answer = await run(Turn(TWO_FILINGS).call("action_open_ticket", "nl"))

    assert told(answer) == ["utter_refuse_certificate_type_unknown", "utter_ask_certificate_type"]
    assert slots_set(answer) == {
        "confirm_ticket": None,
        "certificate_type": None,
        "requested_slot": "certificate_type",
    }
