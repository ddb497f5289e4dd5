"""Every action's answer is what Rasa accepts from an action server, and what it says exists.

`cybo serve` skips Rasa's own check of the schema at every call (`trust_own_actions`):
this is where it is made.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
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
from bot.tickets.request import empty_request
from bot.tickets.tries import MemoryTries

PROJECT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)
TODAY = date(2026, 11, 22)
REFERENCE = make_reference(2026, 123)
SCHEMA = RemoteAction.action_response_format_spec()
VALIDATOR = validator_for(SCHEMA)(SCHEMA)

FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
SECOND_FILING = {**FILING, "closing_date": "2023-12-31", "filing_model_code": "m02-f"}
CERTIFICATE = {
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}
COMPLETE = {**FILING, **CERTIFICATE, "add_filing": False}
TWO_FILINGS = {**COMPLETE, "filings": [SECOND_FILING], "filing_index": 1}
RANKING = [
    {"name": "faq/grey_screen", "confidence": 0.4, "probability": 0.4},
    {"name": "open_migration_request", "confidence": 0.3, "probability": 0.3},
    {"name": "greet", "confidence": 0.2, "probability": 0.2},
    {"name": "request_human", "confidence": 0.1, "probability": 0.1},
    {"name": "report_no_solution", "confidence": 0.1, "probability": 0.1},
]

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


@dataclass(frozen=True)
class Turn:
    """A made-up tracker: slots before the message, the message, what the form extracted."""

    slots: dict[str, Any] = field(default_factory=dict)
    text: str = "hallo"
    intent: str = "affirm"
    earlier: tuple[tuple[str, str], ...] = ()
    stated: dict[str, Any] = field(default_factory=dict)
    entities: tuple[tuple[str, str], ...] = ()
    latest: dict[str, Any] = field(default_factory=dict)
    bot: tuple[str, ...] = ()
    channel: str = "rest"

    def call(self, action: str, language: str) -> dict[str, Any]:
        """Write the tracker as Rasa posts it to an action server."""
        slots = {**empty_request(), "language": language, "last_ticket": None, **self.slots}
        message = self._message(self.text, self.intent)
        events: list[dict[str, Any]] = [
            {"event": "action", "name": "action_session_start"},
            {"event": "session_started"},
            *self._slot_events(slots),
        ]
        for text, intent in self.earlier:
            events.append(self._user(self._message(text, intent)))
        events += [{"event": "bot", "text": text, "data": {}, "metadata": {}} for text in self.bot]
        events.append(self._user(message))
        events += self._slot_events(self.stated)
        tracker = {
            "sender_id": "an",
            "slots": {**slots, **self.stated},
            "latest_message": message,
            "events": events,
            "active_loop": {"name": "migration_request_form"},
            "latest_action_name": "action_listen",
        }
        return {"next_action": action, "sender_id": "an", "tracker": tracker}

    def _message(self, text: str, intent: str) -> dict[str, Any]:
        entities = [{"entity": name, "value": value} for name, value in self.entities]
        named = {"name": intent, "confidence": 0.9}
        return {"text": text, "intent": named, "entities": entities, **self.latest}

    def _user(self, message: dict[str, Any]) -> dict[str, Any]:
        content = {"text": message["text"], "parse_data": message}
        return {"event": "user", "input_channel": self.channel, **content}

    @staticmethod
    def _slot_events(slots: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]


def form(slot: str, **stated: Any) -> Turn:
    """Answer the form's question for ``slot``."""
    return Turn({"requested_slot": slot}, "…", "give_details", stated=stated)


UNCLEAR = ("iets heel anders dan dit", "nlu_fallback")
TURNS: dict[str, dict[str, Turn]] = {
    "action_acknowledge": {
        "nothing was asked": Turn(),
        "right after a ticket": Turn({"last_ticket": REFERENCE}, "ja", earlier=(("ja", "affirm"),)),
    },
    "action_answer_questions": {
        "two": Turn(
            text="grijs scherm, en wat kost het?",
            intent="several_questions",
            latest={"topics": ["faq/grey_screen", "faq/fees"]},
        ),
    },
    "action_answer_status": {
        "no reference": Turn(),
        "known": Turn(entities=(("ticket_reference", REFERENCE),)),
        "just opened": Turn({"last_ticket": REFERENCE}),
        "unknown": Turn(entities=(("ticket_reference", make_reference(2026, 999)),)),
        "mistyped": Turn(entities=(("ticket_reference", "CYB-2026-000123-0"),)),
        "a code": Turn(text="K7P2QXRT", entities=(("ticket_reference", REFERENCE),)),
        "half typed": Turn(entities=(("ticket_reference", "CYB 12 {0["),)),
    },
    "action_ask_add_to_ticket": {"similar": Turn({**COMPLETE, "similar_ticket": REFERENCE})},
    "action_ask_confirm_ticket": {
        "one filing": Turn(COMPLETE),
        "two filings": Turn(TWO_FILINGS),
        "braces": Turn({**COMPLETE, "certificate_owner": "{An} 0["}),
    },
    "action_ask_detail_to_change": {
        "one filing": Turn(COMPLETE),
        "two filings": Turn(TWO_FILINGS),
        "nothing yet": Turn(),
    },
    "action_cancel_request": {"halfway": Turn(FILING), "complete": Turn(COMPLETE)},
    "action_change_detail": {
        "named": Turn(COMPLETE, "ik wil het e-mailadres wijzigen"),
        "not named": Turn(COMPLETE, "dat klopt niet"),
        "no text": Turn(COMPLETE, ""),
    },
    "action_clarify": {
        "first": Turn(text=UNCLEAR[0], intent=UNCLEAR[1], latest={"intent_ranking": RANKING}),
        "second": Turn(
            text="nog steeds niet duidelijk",
            intent="nlu_fallback",
            earlier=(UNCLEAR,),
            latest={"intent_ranking": RANKING},
        ),
        "third": Turn(
            text="nog altijd {niet} 0[",
            intent="nlu_fallback",
            earlier=(UNCLEAR, UNCLEAR),
            latest={"intent_ranking": RANKING},
        ),
        "no choices": Turn(intent="nlu_fallback"),
        "unlikely choices": Turn(
            intent="nlu_fallback", latest={"intent_ranking": [{**RANKING[0], "probability": 0.0}]}
        ),
    },
    "action_explain_detail": {
        "named": Turn(text="wat is een certificaatnummer?"),
        "asked for": Turn({"requested_slot": "closing_date"}, "waarom?"),
        "neither": Turn(text="waarom?"),
        "a question of yes or no": Turn({"requested_slot": "confirm_ticket"}, "waarom?"),
    },
    "action_hand_over": {"always": Turn()},
    "action_hand_over_with_words": {
        "nothing said": Turn(text="help"),
        "said": Turn(text="ik raak er echt niet uit", earlier=(UNCLEAR,) * 8),
        "long and odd": Turn(text="{contact_email} 0[ [/b] " + "zo lang " * 200),
    },
    "action_open_ticket": {
        "one filing": Turn(COMPLETE),
        "two filings": Turn(TWO_FILINGS, channel="shell"),
        "an unknown channel": Turn(COMPLETE, channel="cmdline"),
        "added": Turn({**COMPLETE, "similar_ticket": REFERENCE, "add_to_ticket": "true"}),
        "not added": Turn({**COMPLETE, "similar_ticket": REFERENCE, "add_to_ticket": "false"}),
    },
    "action_out_of_scope": {
        "first": Turn(text="wat wordt het weer", intent="out_of_scope"),
        "second": Turn(text="en morgen dan", intent="out_of_scope", earlier=(UNCLEAR,)),
        "third": Turn(text="en overmorgen dan", intent="out_of_scope", earlier=(UNCLEAR,) * 2),
    },
    "action_repeat": {
        "nothing said": Turn(),
        "two bubbles": Turn(earlier=(("grijs scherm", "faq"),), bot=("Eén.", "Twee.")),
    },
    "action_start_over": {"halfway": Turn(FILING)},
    "action_start_request": {"afresh": Turn(), "with details": Turn(FILING)},
    "action_switch_language": {
        "named": Turn(latest={"requested_language": "fr"}),
        "not named": Turn(),
    },
    "validate_migration_request_form": {
        "nothing stated": form("enterprise_number"),
        "right": form("enterprise_number", enterprise_number="0403.170.701"),
        "check digits": form("enterprise_number", enterprise_number="0403.170.702"),
        "too short": form("enterprise_number", enterprise_number="12"),
        "wrong first digit": form("enterprise_number", enterprise_number="9403170701"),
        "no day": form("closing_date", closing_date="31/02/2023"),
        "future": form("closing_date", closing_date="31/12/2099"),
        "no date": form("closing_date", closing_date="xyzzy {0["),
        "no model": form("filing_model", filing_model="xyzzy"),
        "no deposit": form("deposit_type", deposit_type="xyzzy"),
        "no language": form("filing_language", filing_language="xyzzy"),
        "two languages": form("filing_language", filing_language="nl en fr"),
        "no name": form("certificate_owner", certificate_owner="12345"),
        "no address": form("certificate_email", certificate_email="an@example"),
        "no number": form("certificate_number", certificate_number="????"),
        "an eID": form("certificate_type", certificate_type="eID"),
        "no certificate": form("certificate_type", certificate_type="xyzzy"),
        "neither yes nor no": form("add_filing", add_filing="xyzzy"),
        "not confirmed": form("confirm_ticket", confirm_ticket="xyzzy"),
        "confirmed": form("confirm_ticket", confirm_ticket=True),
        "denied": form("confirm_ticket", confirm_ticket=False),
        "neither added nor not": form("add_to_ticket", add_to_ticket="xyzzy"),
        "added": form("add_to_ticket", add_to_ticket="true"),
        "another filing": Turn(
            {**COMPLETE, "add_filing": None, "requested_slot": "add_filing"},
            "ja",
            stated={"add_filing": True},
        ),
        "several at once": form(
            "enterprise_number", enterprise_number=["0403170701", "0203201340"]
        ),
        "more than asked": form("enterprise_number", **FILING, **CERTIFICATE),
        "changed": Turn(
            {**COMPLETE, "requested_slot": "confirm_ticket"},
            "toch niet",
            stated={"enterprise_number": "0203.201.340"},
        ),
        "a change of nothing": form("detail_to_change", detail_to_change="xyzzy"),
        "a change of the second filing": Turn(
            {**TWO_FILINGS, "requested_slot": "detail_to_change"},
            "aanslag 2",
            stated={"detail_to_change": "filing_2"},
        ),
        "a secret": Turn(
            {"requested_slot": "certificate_number"},
            "mijn pincode is [***]",
            "share_secret",
            stated={"certificate_number": "4A:7F:02"},
        ),
        "a question beside it": Turn(
            {"requested_slot": "closing_date"},
            "31/12/2022, en wat is IDAAS?",
            "faq",
            stated={"closing_date": "2022-12-31"},
            latest={
                "response_selector": {
                    "faq": {"response": {"intent_response_key": "faq/grey_screen"}}
                }
            },
        ),
    },
}
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
    for action in actions_with(Services(store, gate, None, lambda: NOW, lambda: TODAY)):
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
