"""Several filings in one message, and the order in which they are filled in."""

from datetime import date
from typing import Any

import pytest

from bot.details import FILING_DETAILS
from bot.tickets.filings import filings_of
from bot.tickets.request import advance, empty_request
from bot.tickets.several import MOST_FILINGS, stated_elsewhere
from bot.tickets.step import Step
from tests.tickets.test_request import FIRST

TODAY = date(2026, 11, 29)


def request(asked: str | None, **slots: Any) -> dict[str, Any]:
    return {**empty_request(), "requested_slot": asked, **slots}


def after(before: dict[str, Any], step: Step) -> dict[str, Any]:
    return {**before, **step.slots}


def test_two_filings_in_one_message_are_filled_in_one_after_the_other() -> None:
    before = request("enterprise_number")
    stated = {"enterprise_number": "0403170701", "closing_date": "31/12/2022"}

    step = advance(before, stated, today=TODAY, elsewhere={2: {"closing_date": "31/12/2023"}})

    slots = after(before, step)
    assert [f.get("closing_date") for f in filings_of(slots)] == ["2022-12-31", "2023-12-31"]
    assert (slots["filing_index"], step.elsewhere, step.turned_to) == (0, [2], 0)
    rest = {n: FIRST[n] for n in ("filing_model", "deposit_type", "filing_language")}
    step = advance({**slots, "requested_slot": "filing_model"}, rest, today=TODAY)
    slots = after(slots, step)
    assert (slots["filing_index"], step.turned_to) == (1, 2)
    assert (slots["closing_date"], slots["filing_model"]) == ("2023-12-31", None)


def test_a_filing_that_is_announced_is_asked_for_when_this_one_is_complete() -> None:
    most = {name: FIRST[name] for name in FILING_DETAILS if name != "filing_language"}
    before = request("filing_language", **most)

    step = advance(before, {"add_filing": "true"}, today=TODAY)

    assert step.is_queued
    slots = after(before, step)
    step = advance(slots, {"filing_language": "nl"}, today=TODAY)
    assert (step.turned_to, after(slots, step)["enterprise_number"]) == (2, None)


def test_another_filing_is_corrected_by_its_number() -> None:
    second = {**FIRST, "closing_date": "2023-12-31"}
    before = request("confirm_ticket", **second, filings=[FIRST], filing_index=1)

    step = advance(before, {}, today=TODAY, elsewhere={1: {"filing_model": "micro"}})

    slots = after(before, step)
    assert [f["filing_model"] for f in filings_of(slots)] == ["micro", "abbreviated"]
    assert slots["confirm_ticket"] is None


def test_a_wrong_value_of_another_filing_is_refused_and_the_rest_stays() -> None:
    before = request("enterprise_number", **FIRST)
    values = {"closing_date": "31/02/2023", "filing_model": "micro"}

    step = advance(before, {}, today=TODAY, elsewhere={2: values})

    assert [error.detail for error in step.refused] == ["closing_date"]
    assert filings_of(after(before, step))[1] == {"filing_model": "micro"}
    assert step.elsewhere == [2]


def test_a_request_has_an_end() -> None:
    before = request("enterprise_number", **FIRST)
    many = {number: {"closing_date": "31/12/2023"} for number in range(2, 3 * MOST_FILINGS)}

    step = advance(before, {}, today=TODAY, elsewhere=many)

    assert len(filings_of(after(before, step))) == MOST_FILINGS


def test_only_details_of_filings_with_a_number_are_said_of_others() -> None:
    entities = [
        {"entity": "closing_date", "value": "2022-12-31"},
        {"entity": "closing_date", "value": "2023-12-31", "group": "2"},
        {"entity": "certificate_owner", "value": "An Peeters", "group": "2"},
        {"entity": "filing_model", "value": "micro", "group": "x"},
    ]

    assert stated_elsewhere(entities) == {2: {"closing_date": "2023-12-31"}}


@pytest.mark.parametrize("named", ["1", "0403170701"])
def test_a_filing_is_taken_out(named: str) -> None:
    second = {**FIRST, "enterprise_number": "0440966354"}
    before = request("confirm_ticket", **second, filings=[FIRST, second], filing_index=1)

    step = advance(before, {"filing_to_remove": named}, today=TODAY)

    slots = after(before, step)
    assert step.removed == 1
    assert filings_of(slots) == [second]
    assert (slots["filing_index"], slots["confirm_ticket"]) == (0, None)


@pytest.mark.parametrize("named", ["3", "2019-12-31", "de tweede"])
def test_a_filing_that_is_not_there_is_asked_for(named: str) -> None:
    second = {**FIRST, "closing_date": "2021-12-31"}
    before = request("confirm_ticket", **second, filings=[FIRST, second], filing_index=1)

    step = advance(before, {"filing_to_remove": named}, today=TODAY)

    assert after(before, step)["detail_to_change"] is None
    assert len(filings_of(after(before, step))) == 2
