"""Every action's answer is what Rasa accepts from an action server, and what it says exists.

`cybo serve` skips Rasa's own check of the schema at every call (`trust_own_actions`):
this is where it is made.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import deserialise_events
from rasa_sdk.executor import ActionExecutor

from actions.handed import actions_with
from actions.services import Services
from bot.dialogue.responses import GuidanceResponses
from bot.language import LANGUAGES
from bot.settings import Settings
from bot.shell.project import read_responses
from bot.tickets.access import Owned
from bot.tickets.code import TicketCodes
from bot.tickets.gate import Gate
from bot.tickets.model import CLOSED, Addition, Draft, Ticket
from bot.tickets.reference import make_reference
from bot.tickets.tries import MemoryTries
from tests.actions.turns import (
    CERTIFICATE,
    COMPLETE,
    FILING,
    MAY_LACK,
    REFERENCE,
    SECOND_FILING,
    TURNS,
    TWO_FILINGS,
    Turn,
)

PROJECT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 22)
SCHEMA = RemoteAction.action_response_format_spec()
VALIDATOR = validator_for(SCHEMA)(SCHEMA)

Run = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class FakeTicketStore:
    """Keeps tickets in a dictionary; ``failure`` is what the database does."""

    def __init__(self, *tickets: Ticket, failure: Exception | None = None) -> None:
        self.tickets = {ticket.reference: ticket for ticket in tickets}
        self.failure = failure
        self.candidates: list[Owned] = []
        self.additions: list[tuple[str, Addition]] = []

    def open(self, draft: Draft, *, now: datetime) -> tuple[Ticket, bool]:
        if self.failure:
            raise self.failure
        for ticket in self.tickets.values():
            is_open = ticket.status not in CLOSED
            if is_open and ticket.draft.fingerprint() == draft.fingerprint():
                return ticket, False
        ticket = Ticket(make_reference(now.year, len(self.tickets) + 1), "new", now, draft)
        self.tickets[ticket.reference] = ticket
        return ticket, True

    def look_up(self, reference: str) -> Owned | None:
        ticket = self.tickets.get(reference)
        return Owned(ticket) if ticket else None

    def similar(self, draft: Draft, *, now: datetime) -> Sequence[Owned]:
        return self.candidates

    def take_over(self, reference: str, status: str, *, now: datetime) -> bool:
        self.tickets[reference] = replace(self.tickets[reference], status=status)
        return True

    def add(self, reference: str, addition: Addition, *, now: datetime) -> Ticket | None:
        self.additions.append((reference, addition))
        return self.tickets.get(reference)

    def list(self) -> Sequence[Ticket]:
        return list(self.tickets.values())


CASES = [
    pytest.param(action, turn, id=f"{action}: {situation}")
    for action, turns in TURNS.items()
    for situation, turn in turns.items()
]


@pytest.fixture
def executor(store: FakeTicketStore) -> ActionExecutor:
    built = ActionExecutor()
    built.register_package("actions")
    gate = Gate(b"k" * 32, MemoryTries(), lambda: NOW)
    for action in actions_with(Services(store, gate, None, lambda: NOW, lambda: TODAY, MAY_LACK)):
        built.register_action(action)
    return built


@pytest.fixture(scope="module")
def responses() -> GuidanceResponses:
    built = GuidanceResponses(settings=Settings())
    built.responses = read_responses(PROJECT / "data")
    return built


@pytest.fixture
def store() -> FakeTicketStore:
    draft = Draft("bart", "web", "nl", [FILING], **CERTIFICATE)
    return FakeTicketStore(Ticket(REFERENCE, "new", NOW, draft))


@pytest.fixture
def run(executor: ActionExecutor, responses: GuidanceResponses, store: FakeTicketStore) -> Run:
    """Run the action that a call names, with the project's responses and a fake store."""

    async def call_action(call: dict[str, Any]) -> dict[str, Any]:
        answer = await executor.run({**call, "domain": {"responses": responses.responses}})
        assert answer is not None
        return answer

    return call_action


def told(answer: dict[str, Any]) -> list[str]:
    return [said["response"] for said in answer["responses"]]


def test_every_action_of_the_domain_is_tried(executor: ActionExecutor) -> None:
    declared = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["actions"]

    assert set(TURNS) == set(declared)
    assert set(declared) <= set(executor.actions)


def test_the_schema_refuses_what_is_no_answer() -> None:
    """Else nothing below could fail."""
    assert not VALIDATOR.is_valid({"events": [{"event": "slot", "nome": "language"}]})
    assert not VALIDATOR.is_valid({"events": [], "responses": ["hallo"]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("action", "turn"), CASES)
async def test_rasa_accepts_what_the_action_answers(
    run: Run,
    action: str,
    turn: Turn,
    language: str,
) -> None:
    answer = await run(turn.call(action, language))

    VALIDATOR.validate(answer)
    assert len(deserialise_events(answer["events"])) == len(answer["events"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("action", "turn"), CASES)
async def test_what_an_action_says_is_written_and_has_no_gaps(
    run: Run,
    responses: GuidanceResponses,
    action: str,
    turn: Turn,
    language: str,
) -> None:
    answer = await run(turn.call(action, language))

    for said in answer["responses"]:
        if not said["response"]:
            assert said["text"]
            continue
        values = {
            name: value.replace("{", "(") if isinstance(value, str) else value
            for name, value in said.items()
            if name != "response"
        }
        response = responses.render(said["response"], language, values)
        assert response, said["response"]
        assert response["metadata"]["language"] == language
        assert "{" not in response["text"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "action", sorted(set(TURNS) - {"action_change_detail", "validate_migration_request_form"})
)
async def test_an_action_that_a_rule_calls_always_says_something(
    run: Run,
    action: str,
    language: str,
) -> None:
    for turn in TURNS[action].values():
        answer = await run(turn.call(action, language))

        assert answer["responses"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("action", "turn"), CASES)
async def test_an_action_sets_only_slots_of_the_domain(
    run: Run,
    action: str,
    turn: Turn,
    language: str,
) -> None:
    slots = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["slots"]

    answer = await run(turn.call(action, language))

    named = {event["name"] for event in answer["events"] if event["event"] == "slot"}
    assert named <= {*slots, "requested_slot"}


# The ticket


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_confirmed_request_becomes_a_ticket_with_its_values(
    run: Run,
    store: FakeTicketStore,
    language: str,
) -> None:
    answer = await run(Turn(TWO_FILINGS).call("action_open_ticket", language))

    opened = store.list()[-1]
    assert told(answer) == ["utter_ticket_opened"]
    assert answer["responses"][0]["reference"] == opened.reference
    assert opened.as_dict() == {
        "reference": opened.reference,
        "status": "new",
        "created_at": "2026-11-22T10:00:00Z",
        "channel": "rest",
        "language": language,
        "filings": [SECOND_FILING, FILING],
        **CERTIFICATE,
    }


def slots_set(answer: dict[str, Any]) -> dict[str, Any]:
    return {e["name"]: e["value"] for e in answer["events"] if e["event"] == "slot"}


async def test_a_similar_ticket_makes_the_form_ask(run: Run, store: FakeTicketStore) -> None:
    confirmed = Turn(
        {**COMPLETE, "requested_slot": "confirm_ticket"}, "ja", stated={"confirm_ticket": True}
    ).call("validate_migration_request_form", "nl")
    own = Ticket(REFERENCE, "new", NOW, Draft("an", "rest", "nl", [FILING], **CERTIFICATE))

    alone = slots_set(await run(confirmed))
    store.candidates = [Owned(own)]
    asked = slots_set(await run(confirmed))
    store.candidates = [Owned(replace(own, status="resolved"))]
    closed = slots_set(await run(confirmed))

    assert (alone["similar_ticket"], alone["add_to_ticket"]) == (None, "none")
    assert (asked["similar_ticket"], asked["add_to_ticket"]) == (REFERENCE, None)
    assert (closed["similar_ticket"], closed["add_to_ticket"]) == (None, "none")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_added_is_written_in_the_language_of_the_ticket(
    run: Run, store: FakeTicketStore, language: str
) -> None:
    joining = {**COMPLETE, "similar_ticket": REFERENCE, "add_to_ticket": "true"}
    joining["last_ticket"] = REFERENCE
    before = len(store.list())

    answer = await run(Turn(joining).call("action_open_ticket", language))

    [(reference, addition)] = store.additions
    assert told(answer) == ["utter_ticket_added"]
    assert (reference, addition.conversation) == (REFERENCE, "an")
    assert "ondernemingsnummer: 0403.170.701" in addition.text
    assert len(store.list()) == before
    assert slots_set(answer)["last_ticket"] == REFERENCE


async def test_wrong_codes_come_to_an_end(run: Run) -> None:
    right = TicketCodes(b"k" * 32).code(REFERENCE)

    async def status(text: str) -> list[str]:
        turn = Turn(text=text, entities=(("ticket_reference", REFERENCE),))
        return told(await run(turn.call("action_answer_status", "nl")))

    assert await status(f"status {REFERENCE} code {right.lower()}") == ["utter_ticket_status_new"]
    for _ in range(5):
        assert await status(f"{REFERENCE} K7P2QXRT") == ["utter_ticket_unknown"]
    assert await status(f"{REFERENCE} {right}") == ["utter_ticket_unknown"]


async def test_a_request_confirmed_twice_is_one_ticket(run: Run, store: FakeTicketStore) -> None:
    call = Turn(COMPLETE).call("action_open_ticket", "nl")
    await run(call)
    before = len(store.list())

    answer = await run(call)

    assert told(answer) == ["utter_ticket_already_open"]
    assert len(store.list()) == before


@pytest.mark.parametrize("channel", ["web", "rest", "email", "shell"])
async def test_the_ticket_names_the_channel_it_came_by(
    run: Run, store: FakeTicketStore, channel: str
) -> None:
    call = Turn(COMPLETE, channel=channel).call("action_open_ticket", "nl")

    await run(call)

    assert store.list()[-1].draft.channel == channel


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_ticket_that_cannot_be_stored_keeps_the_request(
    run: Run,
    store: FakeTicketStore,
    language: str,
) -> None:
    store.failure = OSError("disk full")

    answer = await run(Turn(COMPLETE).call("action_open_ticket", language))

    VALIDATOR.validate(answer)
    assert told(answer) == ["utter_ticket_not_opened"]
    slots = {event["name"]: event["value"] for event in answer["events"] if "value" in event}
    assert slots == {"confirm_ticket": None, "requested_slot": "confirm_ticket"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_state_of_a_ticket_tells_nothing_personal(
    run: Run,
    store: FakeTicketStore,
    language: str,
) -> None:
    turn = Turn(entities=(("ticket_reference", REFERENCE),))

    answer = await run(turn.call("action_answer_status", language))

    said = str(answer)
    assert REFERENCE in said
    assert not [value for value in (*FILING.values(), *CERTIFICATE.values()) if value in said]
