"""Made-up turns for every action of the domain: what its tracker holds, and what was said."""

from dataclasses import dataclass, field
from typing import Any

from bot.details import DETAILS
from bot.tickets.reference import make_reference
from bot.tickets.request import empty_request

REFERENCE = make_reference(2026, 123)

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
    said: tuple[str, ...] = ()
    loop: str | None = "migration_request_form"
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
        for name in self.said:
            events.append({"event": "bot", "text": name, "metadata": {"utter_action": name}})
        events.append(self._user(message))
        events += self._slot_events(self.stated)
        tracker = {
            "sender_id": "an",
            "slots": {**slots, **self.stated},
            "latest_message": message,
            "events": events,
            "active_loop": {"name": self.loop} if self.loop else {},
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


MAY_LACK = ("certificate_number", "certificate_type")
NEEDED = [name for name in DETAILS if name not in MAY_LACK]
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
    "action_pause": {
        "in a request": Turn({"requested_slot": "closing_date"}, "momentje", "pause"),
        "once more": Turn(said=("utter_pause_request",)),
        "outside a request": Turn(loop=None),
        "outside once more": Turn(loop=None, said=("utter_pause",)),
    },
    "action_repeat": {
        "nothing said": Turn(),
        "two bubbles": Turn(earlier=(("grijs scherm", "faq"),), bot=("Eén.", "Twee.")),
    },
    "action_restart_request": {"halfway": Turn(FILING)},
    "action_start_over": {"halfway": Turn(FILING)},
    "action_start_request": {"afresh": Turn(), "with details": Turn(FILING)},
    "action_switch_language": {
        "named": Turn(latest={"requested_language": "fr"}),
        "not named": Turn(),
    },
    "action_try_next": {
        "nothing answered": Turn(text="dat hielp niet", loop=None),
        "next causes": Turn(text="dat hielp niet", loop=None, said=("utter_faq/grey_screen",)),
        "once more": Turn(
            text="nog altijd niet",
            intent="report_no_solution",
            earlier=(("dat hielp niet", "report_no_solution"),),
            said=("utter_faq/grey_screen",),
            loop=None,
        ),
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
        "an unlisted brand": form("certificate_type", certificate_brand="LuxTrust"),
        "left out": form("certificate_number", skipped_detail="certificate_number"),
        "left out after another": Turn(
            {"requested_slot": "certificate_type", "missing": ["certificate_number"]},
            said=("utter_left_out",),
            stated={"skipped_detail": "certificate_type"},
        ),
        **{f"no {name}": form(name, skipped_detail=name) for name in NEEDED},
        "no date again": Turn(
            {"requested_slot": "closing_date"},
            said=("utter_needed_closing_date",),
            stated={"skipped_detail": "closing_date"},
        ),
        "no date a third time": Turn(
            {"requested_slot": "closing_date"},
            said=("utter_needed_closing_date", "utter_needed_again"),
            stated={"skipped_detail": "closing_date"},
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
