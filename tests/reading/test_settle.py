"""What is done about a message: made-up readings in every situation."""

from datetime import date

import pytest

from bot.details import Mention
from bot.reading.model import Reading, Stated
from bot.reading.settle import Decided, Settled, Situation, Thresholds, settle

TODAY = date(2026, 11, 29)
UNSURE = Decided("nlu_fallback", 0.3)
GREY = Decided("faq", 0.95)


def reading(text: str, *marked: tuple[str, str] | tuple[str, str, str], **moves: float) -> Reading:
    """Make a reading; each mark: the words, the detail, and its role where it is no value."""
    stated = []
    for words, detail, *role in marked:
        start = text.index(words)
        stated.append(Stated(detail, *(role or ["value"]), start, start + len(words), 0, 0.9))
    return Reading(dict(moves), tuple(stated))


def settled(
    text: str,
    *marked: tuple[str, str] | tuple[str, str, str],
    asked: str | None = None,
    decided: Decided = UNSURE,
    offered: str | None = None,
    **moves: float,
) -> Settled:
    situation = Situation(TODAY, asked, offered)
    return settle(text, reading(text, *marked, **moves), decided, situation, Thresholds())


def values(found: Settled) -> dict[str, str]:
    return {mention.detail: mention.value for mention in found.mentions}


@pytest.mark.parametrize(
    ("move", "asked", "intent"),
    [
        ("stop", "closing_date", "cancel"),
        ("restart", "certificate_owner", "start_over"),
        ("person", "confirm_ticket", "request_human"),
        ("status", "enterprise_number", "ask_ticket_status"),
        ("unsolved", "filing_model", "report_no_solution"),
        ("help", "certificate_number", "explain_detail"),
        ("pause", "certificate_number", "pause"),
        ("repeat", "deposit_type", "repeat_answer"),
        ("skip", "certificate_number", "skip_detail"),
        ("correct", "confirm_ticket", "change_detail"),
        ("remove", "filing_language", "change_detail"),
    ],
)
def test_what_a_message_does_in_the_form_has_its_rule(move: str, asked: str, intent: str) -> None:
    assert settled("iets", asked=asked, **{move: 0.9}).intent == intent


def test_a_request_is_not_thrown_away_on_a_hunch() -> None:
    assert settled("laat maar", asked="closing_date", stop=0.5).intent != "cancel"


@pytest.mark.parametrize(
    ("moves", "answer"),
    [
        ({"affirm": 0.9}, "true"),
        ({"deny": 0.9}, "false"),
        ({"affirm": 0.6, "deny": 0.8}, "false"),
        ({"affirm": 0.2}, None),
    ],
)
@pytest.mark.parametrize("asked", ["add_filing", "confirm_ticket"])
def test_yes_and_no_answer_the_question(
    asked: str, moves: dict[str, float], answer: str | None
) -> None:
    expected = answer or "tja"
    assert values(settled("tja", asked=asked, **moves))[asked] == expected


def test_a_value_is_checked_by_its_rule() -> None:
    found = settled(
        "le 31 décembre 2022 et micro",
        ("31 décembre 2022", "closing_date"),
        ("micro", "filing_model"),
        asked="closing_date",
        give=0.9,
    )

    assert found.intent == "give_details"
    assert values(found) == {"closing_date": "2022-12-31", "filing_model": "micro"}


def test_a_value_that_breaks_a_rule_stays_as_it_was_typed() -> None:
    text = "0403.170.702"

    found = settled(text, (text, "enterprise_number"), asked="enterprise_number", give=0.9)

    assert values(found) == {"enterprise_number": text}


def test_rejected_and_other_peoples_values_are_left_alone() -> None:
    text = "not 30/06/2022 but 31/12/2022, ours is BE 0403.170.701"

    found = settled(
        text,
        ("30/06/2022", "closing_date", "wrong"),
        ("31/12/2022", "closing_date"),
        ("BE 0403.170.701", "enterprise_number", "sender"),
        asked="closing_date",
        correct=0.9,
    )

    assert values(found) == {"closing_date": "2022-12-31"}


def test_a_brand_that_is_not_listed_keeps_its_name() -> None:
    text = "het is een LuxTrust-certificaat van Sectigo"

    found = settled(text, ("Sectigo", "certificate_type"), asked="certificate_type", give=0.9)

    assert values(found) == {"certificate_brand": "Sectigo"}


def test_a_marked_name_loses_title_and_role() -> None:
    text = "Mevr. An De Backer, zaakvoerder"

    found = settled(text, (text, "certificate_owner"), asked="certificate_owner", give=0.9)

    assert values(found) == {"certificate_owner": "An De Backer"}


def test_a_spoken_address_keeps_its_beginning() -> None:
    text = "van An De Backer, an punt debacker at fidu punt be"

    found = settled(text, ("debacker at fidu punt be", "certificate_email"), asked="closing_date")

    assert values(found)["certificate_email"] == "an.debacker@fidu.be"


def test_two_values_of_one_detail_are_told() -> None:
    text = "31/12/2021 and 31/12/2022"

    found = settled(
        text, ("31/12/2021", "closing_date"), ("31/12/2022", "closing_date"), asked="closing_date"
    )

    assert values(found) == {"closing_date": "2021-12-31", "repeated_detail": "closing_date"}


def test_a_button_counts_whatever_was_read() -> None:
    assert values(settled("Nederlands", asked="filing_language")) == {"filing_language": "nl"}


def test_a_question_after_a_value_is_answered_too() -> None:
    text = "31/12/2022, and why is my screen grey?"

    found = settled(
        text, ("31/12/2022", "closing_date"), asked="closing_date", decided=GREY, give=0.9, ask=0.9
    )

    assert found == Settled("faq", 0.95, (Mention("closing_date", "2022-12-31", 0, 10),))


def test_a_question_alone_leaves_the_form_as_it_is() -> None:
    found = settled("why is my screen grey?", asked="closing_date", decided=GREY, ask=0.9)

    assert found == Settled("faq", 0.95)


def test_what_is_no_answer_is_refused_by_the_form() -> None:
    assert values(settled("tralala", asked="closing_date", give=0.6)) == {"closing_date": "tralala"}


def test_a_sentence_is_no_name() -> None:
    found = settled("dat weet ik echt niet meer", asked="certificate_owner", give=0.6)

    assert values(found) == {"certificate_owner": "-"}


def test_skipping_names_what_is_skipped() -> None:
    found = settled("heb ik niet", asked="certificate_number", skip=0.9)

    assert values(found) == {"skipped_detail": "certificate_number"}


@pytest.mark.parametrize(
    ("asked", "moves"),
    [("add_filing", {"affirm": 0.9, "give": 0.9}), ("confirm_ticket", {"add": 0.9})],
)
def test_another_filing_begins(asked: str, moves: dict[str, float]) -> None:
    text = "ook nog 0403.170.701"

    found = settled(text, ("0403.170.701", "enterprise_number"), asked=asked, **moves)

    assert values(found) == {"enterprise_number": "0403170701", "add_filing": "true"}


def test_yes_with_a_change_is_no_yes_to_the_old_summary() -> None:
    text = "yes but the model is micro"

    found = settled(
        text, ("micro", "filing_model"), asked="confirm_ticket", affirm=0.9, correct=0.8
    )

    assert values(found) == {"filing_model": "micro"}


def test_what_to_change_is_named() -> None:
    found = settled("de afsluitdatum", asked="detail_to_change", give=0.9)

    assert values(found) == {"detail_to_change": "closing_date"}


def test_no_to_a_number_goes_back_to_the_filings_there_are() -> None:
    found = settled("toch niet", asked="enterprise_number", deny=0.9)

    assert values(found) == {"add_filing": "false"}


@pytest.mark.parametrize(
    "intent", ["share_secret", "change_language", "speak_german", "ask_ticket_status"]
)
def test_what_a_message_shows_for_certain_goes_first(intent: str) -> None:
    found = settled("x", asked="closing_date", decided=Decided(intent, 1.0), stop=0.99)

    assert found.intent == intent


def test_yes_to_an_offer_takes_it_up() -> None:
    offer = "open_migration_request"

    assert settled("doe maar", offered=offer, affirm=0.9).intent == offer
    assert settled("liever niet", offered=offer, deny=0.9).intent == "deny"


def test_details_outside_a_request_count_where_somebody_gives_them() -> None:
    text = "0403.170.701"
    mark = (text, "enterprise_number")

    assert values(settled(text, mark, give=0.9)) == {"enterprise_number": "0403170701"}
    assert values(settled(text, mark, decided=GREY, ask=0.9)) == {}


def test_three_details_are_a_request() -> None:
    text = "0403.170.701 31/12/2022 micro"

    found = settled(
        text,
        ("0403.170.701", "enterprise_number"),
        ("31/12/2022", "closing_date"),
        ("micro", "filing_model"),
    )

    assert found.intent == "open_migration_request"
    assert len(values(found)) == 3
