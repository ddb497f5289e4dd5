"""One visitor cannot bury the desk under requests."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from bot.language import LANGUAGES
from bot.storage import SqlTicketStore
from bot.tickets.access import EMAIL
from bot.tickets.caps import Caps, TooManyTickets
from bot.tickets.model import Draft
from bot.tickets.origin import coming_from, network_of, origin
from tests.actions.test_schema import (
    CERTIFICATE,
    COMPLETE,
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

KEY = b"k" * 32
DRAFT = Draft("an", "web", "nl", [FILING], **CERTIFICATE)


# How many tickets


@pytest.mark.parametrize(
    ("caps", "kind"),
    [
        (Caps(conversation=2), "conversation"),
        (Caps(address=2), "address"),
        (Caps(network=2), "network"),
        (Caps(all=2), "all"),
    ],
)
def test_one_ticket_too_many_is_refused_until_a_day_has_passed(
    engine: Engine, caps: Caps, kind: str
) -> None:
    store = SqlTicketStore(engine, caps=caps)

    def draft(number: int) -> Draft:
        return replace(DRAFT, certificate_number=f"4A:{number:02}", network="office")

    for number in range(2):
        store.open(draft(number), now=NOW)

    with pytest.raises(TooManyTickets) as caught:
        store.open(draft(2), now=NOW + timedelta(hours=23))
    _, is_new = store.open(draft(2), now=NOW + timedelta(hours=25))

    assert caught.value.kind == kind
    assert is_new
    assert len(store.list()) == 3


def test_the_same_request_and_mail_are_never_one_too_many(engine: Engine) -> None:
    store = SqlTicketStore(engine, caps=Caps(all=1))
    store.open(DRAFT, now=NOW)

    _, is_new = store.open(DRAFT, now=NOW)
    _, by_mail = store.open(replace(DRAFT, channel=EMAIL, conversation="mail:a"), now=NOW)

    assert (is_new, by_mail) == (False, True)


def test_what_is_not_known_of_a_network_counts_for_nobody(engine: Engine) -> None:
    store = SqlTicketStore(engine, caps=Caps(network=1))

    opened = [store.open(replace(DRAFT, conversation=name), now=NOW)[1] for name in "abc"]

    assert opened == [True] * 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "response"),
    [("network", "utter_ticket_limit_own"), ("all", "utter_ticket_limit_all")],
)
async def test_a_visitor_with_too_many_tickets_loses_nothing_and_reads_what_to_do(
    run: Run, store: FakeTicketStore, language: str, kind: str, response: str
) -> None:
    store.failure = TooManyTickets(kind, 60)

    answer = await run(Turn(COMPLETE).call("action_open_ticket", language))

    assert told(answer) == [response]
    assert slots_set(answer) == {"confirm_ticket": None, "requested_slot": "confirm_ticket"}


async def test_a_ticket_keeps_the_pseudonym_of_its_network(
    run: Run, store: FakeTicketStore
) -> None:
    with coming_from(network_of("203.0.113.9", KEY)):
        await run(Turn(COMPLETE).call("action_open_ticket", "nl"))

    assert store.list()[-1].draft.network == network_of("203.0.113.77", KEY)
    assert origin() == ""


@pytest.mark.parametrize(
    ("address", "same", "other"),
    [
        ("203.0.113.9", "203.0.113.200", "203.0.114.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
        ("::ffff:203.0.113.9", "203.0.113.1", "203.0.112.1"),
    ],
)
def test_a_network_is_a_pseudonym_of_a_24_or_a_64(address: str, same: str, other: str) -> None:
    assert network_of(address, KEY) == network_of(same, KEY)
    assert network_of(address, KEY) != network_of(other, KEY)
    assert network_of(address, KEY) != network_of(address, b"x" * 32)
    assert "203" not in network_of(address, KEY)[:3] or len(network_of(address, KEY)) == 32


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "unix:", "proxy.example", "1.2.3"])
def test_nothing_is_known_of_a_visitor_behind_this_machine(address: str) -> None:
    assert network_of(address, KEY) == ""
