"""A brand that is not listed: the type is ``other``, and its name is kept beside it."""

from typing import Any

import pytest

from bot.language import LANGUAGES
from bot.tickets.brand import certificate_stated
from bot.tickets.request import advance, begun_request, ticket_details
from bot.tickets.summary import summarise
from tests.tickets.test_request import CERTIFICATE, FIRST, TODAY, after, reasons, request

LUXTRUST = {"certificate_type": "other", "certificate_brand": "LuxTrust"}


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ({"certificate_brand": "LuxTrust"}, LUXTRUST),
        ({"certificate_brand": " Lux  Trust ", "certificate_type": "other"},
         {"certificate_type": "other", "certificate_brand": "Lux Trust"}),
        ({"certificate_brand": "GlobalSign"}, {"certificate_type": "globalsign"}),
        ({"certificate_brand": "LuxTrust", "certificate_type": "isabel"},
         {"certificate_type": "isabel"}),
        ({"certificate_brand": "eID"}, {"certificate_type": "eID"}),
        ({"certificate_brand": "1234"}, {"certificate_type": "1234"}),
        ({"certificate_brand": "x" * 81}, {"certificate_type": "x" * 81}),
        ({"certificate_type": "isabel"}, {}),
    ],
    ids=str,
)  # fmt: skip
def test_a_named_brand_is_a_listed_type_or_other_with_its_name(
    stated: dict[str, str], kept: dict[str, str]
) -> None:
    assert certificate_stated(stated) == kept


def test_an_unlisted_brand_in_answer_to_the_question_is_kept_with_the_ticket() -> None:
    before = request("certificate_type", **FIRST)

    step = advance(before, {"certificate_brand": "LuxTrust"}, today=TODAY)

    slots = after(before, step)
    assert step.noted == ["certificate_type"]
    assert ticket_details(slots).items() >= LUXTRUST.items()


@pytest.mark.parametrize(
    ("stated", "brand"),
    [
        ({"certificate_type": "isabel"}, None),
        ({"certificate_brand": "Isabel"}, None),
        ({"certificate_type": "other"}, "LuxTrust"),
        ({"certificate_brand": "Certipost"}, "Certipost"),
    ],
)
def test_another_brand_takes_the_place_of_the_first(
    stated: dict[str, str], brand: str | None
) -> None:
    before = request("confirm_ticket", **FIRST, **{**CERTIFICATE, **LUXTRUST})

    step = advance(before, stated, today=TODAY)

    assert after(before, step)["certificate_brand"] == brand
    assert bool(step.changed) == (brand != "LuxTrust")


def test_an_eid_named_as_a_brand_is_refused_and_nothing_of_it_stays() -> None:
    before = request("certificate_type", **FIRST)

    step = advance(before, {"certificate_brand": "itsme"}, today=TODAY)

    slots = after(before, step)
    assert reasons(step) == [("certificate_type", "not_commercial")]
    assert (slots["certificate_type"], slots["certificate_brand"]) == (None, None)


def test_a_type_that_is_to_be_changed_takes_its_brand_along() -> None:
    before = request("detail_to_change", **FIRST, **{**CERTIFICATE, **LUXTRUST})

    step = advance(before, {"detail_to_change": "certificate_type"}, today=TODAY)

    slots = after(before, step)
    assert (slots["certificate_type"], slots["certificate_brand"]) == (None, None)


def test_a_brand_named_before_the_request_began_stays() -> None:
    assert "certificate_brand" not in begun_request()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_names_the_brand(language: str) -> None:
    slots: dict[str, Any] = request(None, **FIRST, **{**CERTIFICATE, **LUXTRUST})

    assert summarise(slots, language).splitlines()[-1].endswith(" (LuxTrust)")
