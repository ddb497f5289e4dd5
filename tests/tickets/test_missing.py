"""What the requester cannot give: the request goes without it, where it may."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.details.wording import detail_name
from bot.language import LANGUAGES
from bot.tickets.check import InvalidDraft, check_draft
from bot.tickets.filings import cleared, filings_of
from bot.tickets.lines import missing_word
from bot.tickets.model import Draft
from bot.tickets.request import QUESTIONS, advance, next_question, ticket_details
from bot.tickets.summary import summarise, summarise_draft
from tests.tickets.test_request import CERTIFICATE, FIRST, SECOND, TODAY, after, request

DOMAIN = Path(__file__).parents[2] / "domain.yml"
MAY_LACK = ("enterprise_number", "certificate_number", "certificate_type")
DRAFT = Draft("an", "web", "nl", [FIRST], **CERTIFICATE)


def turn(before: dict[str, Any], asked: str | None = None, **stated: Any) -> dict[str, Any]:
    """Take a turn, and ask the next question of the form or the one given."""
    step = advance(before, stated, today=TODAY, may_lack=MAY_LACK)
    slots = after(before, step)
    return {**slots, "requested_slot": asked or next_question(slots)}


def test_the_questions_are_those_of_the_form() -> None:
    forms = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))["forms"]

    assert list(QUESTIONS) == forms["migration_request_form"]["required_slots"]


def test_what_may_be_missing_is_noted_and_the_next_question_comes() -> None:
    before = request("certificate_number", **FIRST, certificate_owner="An Peeters",
                     certificate_email="an@example.be")  # fmt: skip

    step = advance(before, {"skipped_detail": "certificate_number"}, today=TODAY, may_lack=MAY_LACK)

    slots = after(before, step)
    assert (step.left_out, step.needed) == (["certificate_number"], [])
    assert (slots["missing"], slots["skipped_detail"]) == (["certificate_number"], None)
    assert next_question(slots) == "certificate_type"


def test_what_may_not_be_missing_is_asked_again() -> None:
    before = request("closing_date", enterprise_number="0403170701")

    step = advance(before, {"skipped_detail": "closing_date"}, today=TODAY, may_lack=MAY_LACK)

    assert (step.left_out, step.needed) == ([], ["closing_date"])
    assert next_question(after(before, step)) == "closing_date"


def test_several_details_may_be_left_out_at_once() -> None:
    skipped = ["certificate_type", "closing_date", "certificate_number", "nonsense"]

    step = advance(request("certificate_number"), {"skipped_detail": skipped}, today=TODAY,
                   may_lack=MAY_LACK)  # fmt: skip

    assert step.slots["missing"] == ["certificate_number", "certificate_type"]
    assert step.needed == ["closing_date"]


def test_a_detail_given_beside_its_own_skipping_is_given() -> None:
    stated = {"skipped_detail": "certificate_number", "certificate_number": "4A:7F:02"}

    step = advance(request("certificate_number"), stated, today=TODAY, may_lack=MAY_LACK)

    assert step.left_out == []
    assert step.slots["certificate_number"] == "4A:7F:02"


def test_a_detail_that_is_given_later_is_missing_no_more() -> None:
    slots = turn(request("certificate_number", **FIRST), skipped_detail="certificate_number")

    slots = turn(slots, certificate_number="4A:7F:02")

    assert (slots["certificate_number"], slots["missing"]) == ("4A:7F:02", [])


def test_a_missing_detail_that_is_to_be_changed_is_asked() -> None:
    known = {**CERTIFICATE, "certificate_number": None}
    before = request("detail_to_change", **FIRST, **known, add_filing=False,
                     missing=["certificate_number"])  # fmt: skip

    slots = turn(before, detail_to_change="certificate_number")

    assert slots["requested_slot"] == "certificate_number"


def test_a_known_detail_that_turns_out_unknown_shows_the_summary_again() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE, add_filing=False)

    slots = turn(before, skipped_detail="certificate_number", confirm_ticket="true")

    assert (slots["certificate_number"], slots["confirm_ticket"]) == (None, None)
    assert slots["requested_slot"] == "confirm_ticket"


def test_each_filing_keeps_what_it_lacks_itself() -> None:
    slots = turn(request("enterprise_number"), skipped_detail="enterprise_number")
    slots = turn(slots, **{n: v for n, v in FIRST.items() if n != "enterprise_number"})
    slots = turn(slots, **{**CERTIFICATE, "certificate_number": "????"})
    slots = turn(slots, "add_filing", skipped_detail="certificate_number")

    slots = turn(slots, add_filing="true")
    asked_of_the_second = slots["requested_slot"]
    slots = turn(slots, **SECOND)

    assert asked_of_the_second == "enterprise_number"
    assert slots["missing"] == ["certificate_number"]
    details = ticket_details(slots)
    assert details["filings"] == [{**FIRST, "enterprise_number": None}, SECOND]
    draft = Draft("an", "web", "nl", **details)
    assert draft.missing == ["enterprise_number", "certificate_number"]
    check_draft(draft, today=TODAY, may_lack=MAY_LACK)

    slots = turn({**slots, "requested_slot": "detail_to_change"}, detail_to_change="filing_1")
    assert slots["missing"] == ["enterprise_number", "certificate_number"]
    slots = turn(slots, enterprise_number="0403170701")
    assert filings_of(slots) == [FIRST, SECOND]


def test_a_second_filing_that_is_dropped_leaves_what_the_first_lacks() -> None:
    first = {**FIRST, "enterprise_number": None}
    before = request("closing_date", filings=[first], filing_index=1, **CERTIFICATE)

    slots = turn(before, add_filing="false")

    assert slots["missing"] == ["enterprise_number"]
    assert filings_of(slots) == [first]


@pytest.mark.parametrize(
    "lacking",
    [{"certificate_number": None}, {"filings": [{**FIRST, "enterprise_number": None}]}],
    ids=str,
)
def test_no_ticket_lacks_what_it_may_not(lacking: Mapping[str, Any]) -> None:
    draft = replace(DRAFT, **lacking)

    check_draft(draft, today=TODAY, may_lack=MAY_LACK)
    with pytest.raises(InvalidDraft) as refused:
        check_draft(draft, today=TODAY)

    assert [error.detail for error in refused.value.details] == draft.missing


def test_a_filing_that_was_not_asked_to_its_end_is_no_filing_that_lacks_something() -> None:
    unasked = {n: v for n, v in FIRST.items() if n != "enterprise_number"}

    with pytest.raises(InvalidDraft):
        check_draft(replace(DRAFT, filings=[unasked]), today=TODAY, may_lack=MAY_LACK)


def test_what_may_no_longer_be_missing_is_asked_again() -> None:
    slots = request("confirm_ticket", **FIRST, **{**CERTIFICATE, "certificate_number": None},
                    missing=["certificate_number"])  # fmt: skip
    with pytest.raises(InvalidDraft) as refused:
        check_draft(Draft("an", "web", "nl", **ticket_details(slots)), today=TODAY)

    changes = cleared(slots, refused.value.details, today=TODAY)

    assert changes == {"confirm_ticket": None, "certificate_number": None, "missing": []}


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_and_ticket_say_what_is_missing(language: str) -> None:
    slots = request(None, **FIRST, **{**CERTIFICATE, "certificate_number": None},
                    missing=["certificate_number"])  # fmt: skip
    draft = Draft("an", "web", "nl", **ticket_details(slots))

    summary = summarise(slots, language)

    [line] = [line for line in summary.splitlines() if missing_word(language) in line]
    assert line.startswith(f"- {detail_name('certificate_number', language)}")
    assert summarise_draft(draft, language) == summary


def test_accounts_of_which_half_is_missing_are_like_no_others() -> None:
    draft = replace(DRAFT, filings=[FIRST, {**SECOND, "enterprise_number": None}])

    assert draft.accounts() == {("0403170701", "2022-12-31")}
