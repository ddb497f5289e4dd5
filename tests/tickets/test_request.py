"""A migration request turn by turn: values, filings, corrections and the confirmation."""

from datetime import date
from typing import Any

import pytest

from bot.details import CERTIFICATE_DETAILS, DETAILS, FILING_DETAILS
from bot.tickets.request import (
    NOTHING_TO_CHANGE,
    SLOTS,
    advance,
    empty_request,
    filings_of,
    ticket_details,
)
from bot.tickets.step import Step

TODAY = date(2026, 11, 23)
FIRST = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
SECOND = {
    "enterprise_number": "0440966354",
    "closing_date": "2023-06-30",
    "filing_model": "full",
    "deposit_type": "correction",
    "filing_language": "fr",
}
CERTIFICATE = {
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}


def request(asked: str | None, **slots: Any) -> dict[str, Any]:
    return {**empty_request(), **slots, "requested_slot": asked}


def after(before: dict[str, Any], step: Step, asked: str | None = None) -> dict[str, Any]:
    return {**before, **step.slots, "requested_slot": asked}


def reasons(step: Step) -> list[tuple[str, str]]:
    return [(error.detail, error.reason) for error in step.refused]


def test_a_new_request_holds_nothing() -> None:
    slots = empty_request()

    assert set(slots) == set(SLOTS)
    assert not any(slots[name] for name in DETAILS)
    assert filings_of(slots) == []


def test_two_new_requests_share_no_list() -> None:
    empty_request()["filings"].append(FIRST)

    assert empty_request()["filings"] == []


def test_an_accepted_value_is_kept_in_canonical_form_and_noted() -> None:
    step = advance(request("closing_date"), {"closing_date": "31/12/2022"}, today=TODAY)

    assert step.slots["closing_date"] == "2022-12-31"
    assert (step.noted, step.changed, step.refused) == (["closing_date"], [], [])


def test_one_message_may_state_several_details() -> None:
    step = advance(request("enterprise_number"), {**FIRST, **CERTIFICATE}, today=TODAY)

    assert {name: step.slots[name] for name in DETAILS} == {**FIRST, **CERTIFICATE}
    assert step.noted == list(DETAILS)


def test_of_several_values_of_one_detail_the_first_counts() -> None:
    stated = {"enterprise_number": ["0403170701", "0440966354"]}

    step = advance(request("enterprise_number"), stated, today=TODAY)

    assert step.slots["enterprise_number"] == "0403170701"


@pytest.mark.parametrize(
    ("detail", "words", "reason"),
    [
        ("enterprise_number", "0403.170.702", "check_digits"),
        ("closing_date", "31/12/2030", "future"),
        ("filing_model", "groot", "unknown"),
        ("filing_language", "frans en nederlands", "several"),
        ("certificate_owner", "123", "not_a_name"),
        ("certificate_email", "an@", "not_an_address"),
        ("certificate_number", "geen", "not_a_number"),
        ("certificate_type", "eID", "not_commercial"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_and_asked_again(
    detail: str, words: str, reason: str
) -> None:
    step = advance(request(detail), {detail: words}, today=TODAY)

    assert reasons(step) == [(detail, reason)]
    assert step.slots[detail] is None
    assert step.noted == []


def test_a_refused_value_does_not_hold_back_the_good_ones_beside_it() -> None:
    stated = {"enterprise_number": "0403.170.702", "closing_date": "31/12/2022"}

    step = advance(request("enterprise_number"), stated, today=TODAY)

    assert step.slots["closing_date"] == "2022-12-31"
    assert step.noted == ["closing_date"]
    assert reasons(step) == [("enterprise_number", "check_digits")]


def test_a_bad_correction_leaves_the_good_value_in_place() -> None:
    before = request("filing_model", closing_date="2022-12-31")

    step = advance(before, {"closing_date": "31/12/2030"}, today=TODAY)

    assert step.slots["closing_date"] == "2022-12-31"
    assert reasons(step) == [("closing_date", "future")]


def test_a_bad_value_named_before_the_form_began_does_not_stay() -> None:
    before = request("enterprise_number", closing_date="31/12/2030")

    step = advance(before, {"closing_date": "31/12/2030"}, today=TODAY)

    assert step.slots["closing_date"] is None


def test_another_value_for_a_known_detail_is_a_change() -> None:
    before = request("certificate_owner", **FIRST)

    step = advance(before, {"closing_date": "30/06/2022"}, today=TODAY)

    assert step.slots["closing_date"] == "2022-06-30"
    assert (step.noted, step.changed) == ([], ["closing_date"])


def test_the_same_value_again_is_neither_new_nor_changed() -> None:
    before = request("certificate_owner", **FIRST)

    step = advance(before, {"closing_date": "31/12/2022"}, today=TODAY)

    assert (step.noted, step.changed) == ([], [])


def test_advancing_mutates_neither_the_slots_nor_what_was_stated() -> None:
    before = request("add_filing", **FIRST, **CERTIFICATE)
    stated = {"add_filing": "true", "closing_date": ["2023-06-30"]}
    copies = {**before, "filings": []}, {**stated}

    advance(before, stated, today=TODAY)

    assert (before, stated) == copies


def test_the_office_code_is_kept_beside_the_model() -> None:
    step = advance(request("filing_model"), {"filing_model": "m02-f"}, today=TODAY)

    assert (step.slots["filing_model"], step.slots["filing_model_code"]) == ("full", "m02-f")


def test_another_model_drops_the_code_of_the_former() -> None:
    before = request("deposit_type", filing_model="full", filing_model_code="m02-f")

    step = advance(before, {"filing_model": "micro"}, today=TODAY)

    assert step.slots["filing_model_code"] is None


def test_no_further_filing_leaves_the_one_there_is() -> None:
    before = request("add_filing", **FIRST)

    step = advance(before, {"add_filing": "false"}, today=TODAY)

    assert step.slots["add_filing"] is False
    assert filings_of(after(before, step)) == [FIRST]


def test_a_further_filing_starts_empty_and_keeps_the_former() -> None:
    before = request("add_filing", **FIRST, **CERTIFICATE)

    step = advance(before, {"add_filing": "true"}, today=TODAY)

    slots = after(before, step)
    assert [slots[name] for name in FILING_DETAILS] == [None] * len(FILING_DETAILS)
    assert slots["add_filing"] is None
    assert filings_of(slots) == [FIRST]
    assert {name: slots[name] for name in CERTIFICATE_DETAILS} == CERTIFICATE


def test_the_number_of_a_further_filing_given_with_the_yes_is_its_own() -> None:
    before = request("add_filing", **FIRST)
    stated = {"add_filing": "true", "enterprise_number": "0440.966.354"}

    step = advance(before, stated, today=TODAY)

    slots = after(before, step)
    assert slots["enterprise_number"] == "0440966354"
    assert filings_of(slots) == [FIRST, {"enterprise_number": "0440966354"}]


def test_a_mistyped_number_of_a_further_filing_loses_no_filing() -> None:
    before = request("add_filing", **FIRST)
    stated = {"add_filing": "true", "enterprise_number": "0440.966.355"}

    step = advance(before, stated, today=TODAY)

    assert FIRST in filings_of(after(before, step))
    assert reasons(step) == [("enterprise_number", "check_digits")]


def test_a_further_filing_that_is_not_wanted_after_all_leaves_the_complete_ones() -> None:
    slots = request("add_filing", **FIRST, **CERTIFICATE)
    slots = after(slots, advance(slots, {"add_filing": "true"}, today=TODAY), "enterprise_number")

    slots = after(slots, advance(slots, {"add_filing": "false"}, today=TODAY))

    assert slots["add_filing"] is False
    assert filings_of(slots) == [FIRST]


def test_a_no_before_the_first_filing_begins_changes_nothing() -> None:
    before = request("enterprise_number")

    step = advance(before, {"add_filing": "false"}, today=TODAY)

    assert filings_of(after(before, step)) == []


def test_three_filings_share_one_certificate_in_the_ticket() -> None:
    third = {**FIRST, "closing_date": "2021-12-31"}
    slots = request("add_filing", **FIRST, **CERTIFICATE)

    for filing in (SECOND, third):
        slots = after(slots, advance(slots, {"add_filing": "true"}, today=TODAY))
        slots = after(slots, advance(slots, filing, today=TODAY), "add_filing")

    assert ticket_details(slots) == {"filings": [FIRST, SECOND, third], **CERTIFICATE}


def test_a_vague_answer_to_yes_or_no_is_asked_again() -> None:
    step = advance(request("add_filing", **FIRST), {"add_filing": "misschien"}, today=TODAY)

    assert reasons(step) == [("add_filing", "not_yes_or_no")]
    assert step.slots["add_filing"] is None


def test_a_yes_confirms_the_summary() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE)

    step = advance(before, {"confirm_ticket": "true"}, today=TODAY)

    assert step.slots == {"confirm_ticket": True}
    assert step.refused == []


def test_a_no_to_the_summary_asks_what_to_change() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE)

    step = advance(before, {"confirm_ticket": "false"}, today=TODAY)

    assert step.slots == {"confirm_ticket": None, "detail_to_change": None}


def test_a_correction_of_the_summary_shows_it_again() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE)

    step = advance(before, {"closing_date": "2022-06-30"}, today=TODAY)

    assert step.changed == ["closing_date"]
    assert step.slots["confirm_ticket"] is None
    assert step.slots["detail_to_change"] == NOTHING_TO_CHANGE


def test_a_yes_with_a_correction_sends_nothing_before_the_summary_was_seen_again() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE)
    stated = {"confirm_ticket": "true", "enterprise_number": "0440966354"}

    step = advance(before, stated, today=TODAY)

    assert step.slots["enterprise_number"] == "0440966354"
    assert step.slots["confirm_ticket"] is None


def test_a_no_with_a_correction_need_not_be_asked_what_to_change() -> None:
    before = request("confirm_ticket", **FIRST, **CERTIFICATE)
    stated = {"confirm_ticket": "false", "closing_date": "2022-06-30"}

    slots = after(before, advance(before, stated, today=TODAY))

    assert slots["closing_date"] == "2022-06-30"
    assert slots["confirm_ticket"] is None
    assert slots["detail_to_change"] == NOTHING_TO_CHANGE


def test_a_detail_named_for_change_is_asked_again() -> None:
    before = request("detail_to_change", **FIRST, **CERTIFICATE, detail_to_change=None)

    slots = after(before, advance(before, {"detail_to_change": "closing_date"}, today=TODAY))

    assert slots["closing_date"] is None
    assert slots["detail_to_change"] == NOTHING_TO_CHANGE
    assert slots["filing_model"] == "abbreviated"


def test_a_detail_named_for_change_with_its_new_value_is_changed_at_once() -> None:
    before = request("detail_to_change", **FIRST, **CERTIFICATE, detail_to_change=None)
    stated = {"detail_to_change": "closing_date", "closing_date": "30/06/2022"}

    step = advance(before, stated, today=TODAY)

    assert step.slots["closing_date"] == "2022-06-30"
    assert step.changed == ["closing_date"]


def test_nothing_to_change_shows_the_summary_again() -> None:
    before = request("detail_to_change", **FIRST, **CERTIFICATE, detail_to_change=None)

    slots = after(before, advance(before, {"detail_to_change": "nothing"}, today=TODAY))

    assert slots["detail_to_change"] == NOTHING_TO_CHANGE
    assert slots["confirm_ticket"] is None
    assert filings_of(slots) == [FIRST]


def test_an_earlier_filing_named_with_its_new_value_is_changed_at_once() -> None:
    before = request("confirm_ticket", **SECOND, **CERTIFICATE, filings=[FIRST], filing_index=1)
    stated = {"detail_to_change": "filing_1", "closing_date": "30/06/2022"}

    slots = after(before, advance(before, stated, today=TODAY))

    assert filings_of(slots) == [{**FIRST, "closing_date": "2022-06-30"}, SECOND]
    assert slots["detail_to_change"] == NOTHING_TO_CHANGE
    assert slots["confirm_ticket"] is None


def test_an_unknown_thing_to_change_is_asked_again() -> None:
    before = request("detail_to_change", **FIRST, **CERTIFICATE, detail_to_change=None)

    step = advance(before, {"detail_to_change": "alles"}, today=TODAY)

    assert reasons(step) == [("detail_to_change", "unknown")]
    assert step.slots["detail_to_change"] is None


def test_an_earlier_filing_is_changed_in_its_place() -> None:
    before = request(
        "detail_to_change",
        **SECOND,
        **CERTIFICATE,
        filings=[FIRST],
        filing_index=1,
        detail_to_change=None,
    )

    slots = after(
        before, advance(before, {"detail_to_change": "filing_1"}, today=TODAY), "detail_to_change"
    )
    asked_which_detail = slots["detail_to_change"] is None
    slots = after(
        slots, advance(slots, {"detail_to_change": "closing_date"}, today=TODAY), "closing_date"
    )
    slots = after(slots, advance(slots, {"closing_date": "30/06/2022"}, today=TODAY))

    assert asked_which_detail
    assert filings_of(slots) == [{**FIRST, "closing_date": "2022-06-30"}, SECOND]


@pytest.mark.parametrize("named", ["filing_0", "filing_3", "filing_99"])
def test_a_filing_that_does_not_exist_is_refused(named: str) -> None:
    before = request(
        "detail_to_change", **SECOND, filings=[FIRST], filing_index=1, detail_to_change=None
    )

    step = advance(before, {"detail_to_change": named}, today=TODAY)

    assert reasons(step) == [("detail_to_change", "unknown")]
    assert filings_of(after(before, step)) == [FIRST, SECOND]


def test_a_further_filing_after_a_change_of_the_first_is_put_last() -> None:
    before = request("add_filing", **FIRST, filings=[FIRST, SECOND], filing_index=0)

    step = advance(before, {"add_filing": "true"}, today=TODAY)

    slots = after(before, step)
    assert filings_of(slots) == [FIRST, SECOND]
    assert slots["filing_index"] == 2
