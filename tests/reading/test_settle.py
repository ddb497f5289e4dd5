"""What is done about a message: made-up readings in every situation."""

from datetime import date

import pytest

from bot.details import Mention
from bot.reading.filings import Filings
from bot.reading.model import Reading, Stated
from bot.reading.settle import settle
from bot.reading.turn import Decided, Settled, Situation, Thresholds

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


def outside(
    text: str, decided: Decided, *answered: str, handed_over: bool = False, **moves: float
) -> str:
    situation = Situation(TODAY, answered=frozenset(answered), has_handed_over=handed_over)
    return settle(text, reading(text, **moves), decided, situation).intent


def test_who_asks_the_same_again_does_not_read_the_same_again() -> None:
    again = Decided("faq", 0.9, "grey_screen")

    assert outside("still grey", again) == "faq"
    assert outside("still grey", again, "fees") == "faq"
    assert outside("still grey", again, "grey_screen") == "report_no_solution"


def test_a_button_is_answered_however_often_it_is_clicked() -> None:
    clicked = Decided("faq", 1.0, "grey_screen")

    assert outside("I see a grey screen", clicked, "grey_screen") == "faq"


def test_a_button_asks_its_topic_whatever_else_its_words_mean() -> None:
    assert (
        outside(
            "Een neergelegde jaarrekening verbeteren",
            Decided("faq", 1.0, "correction"),
            open=1.0,
            give=1.0,
        )
        == "faq"
    )


def test_nothing_failed_to_help_before_anything_was_said() -> None:
    assert outside("all is gone!", UNSURE, unsolved=0.9) == "nlu_fallback"
    assert outside("still gone!", UNSURE, "missing_forms", unsolved=0.9) == "report_no_solution"


def test_people_are_not_named_twice_in_a_row() -> None:
    found = outside("useless", UNSURE, "missing_forms", handed_over=True, unsolved=0.9)

    assert found == "nlu_fallback"


def test_who_does_not_want_to_phone_is_asked_back() -> None:
    wish = Decided("request_human", 0.86)

    assert outside("I do not want to phone", wish, person=0.02) == "nlu_fallback"
    assert outside("give me somebody", wish, person=0.7) == "request_human"


def test_what_may_be_something_else_does_not_throw_a_request_away() -> None:
    found = settled("stop, show me the summary", asked="filing_model", stop=0.64, repeat=0.65)

    assert found.intent == "repeat_answer"


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
    text = "Isabel, no it was a GlobalSign"
    brands = [(brand, "certificate_type") for brand in ("Isabel", "GlobalSign")]

    found = settled(text, *brands, asked="certificate_type")

    assert values(found) == {
        "certificate_type": "globalsign",
        "repeated_detail": "certificate_type",
    }


def test_two_dates_where_one_was_asked_are_two_years() -> None:
    text = "31/12/2021 and 31/12/2022"
    dates = [("31/12/2021", "closing_date"), ("31/12/2022", "closing_date")]

    found = settled(text, *dates, asked="closing_date")

    assert [(m.value, m.filing) for m in found.mentions] == [("2021-12-31", 0), ("2022-12-31", 2)]


@pytest.mark.parametrize("text", ["from 01/01/2022 to 31/12/2022", "du 1er janvier au 31/12/2022"])
def test_the_day_on_which_a_year_began_is_no_closing_date(text: str) -> None:
    first = "01/01/2022" if "from" in text else "1er janvier"

    found = settled(
        text, (first, "closing_date"), ("31/12/2022", "closing_date"), asked="closing_date"
    )

    assert values(found) == {"closing_date": "2022-12-31"}


@pytest.mark.parametrize(
    ("text", "is_association", "model"),
    [
        ("micro then, the association one", False, "association_micro"),
        ("doe dan maar micro", True, "association_micro"),
        ("doe dan maar micro", False, "micro"),
        ("Micro model", True, "micro"),
    ],
)
def test_a_size_is_of_an_association_where_one_was_spoken_of(
    text: str, is_association: bool, model: str
) -> None:
    situation = Situation(TODAY, "filing_model", is_association=is_association)
    size = "micro" if "micro" in text else "Micro"

    found = settle(text, reading(text, (size, "filing_model"), give=0.9), UNSURE, situation)

    assert values(found)["filing_model"] == model


def test_of_two_filings_one_may_be_a_firms() -> None:
    text = "0403.170.701 full, 0203.201.340 is an asbl, micro"
    numbers = [(number, "enterprise_number") for number in ("0403.170.701", "0203.201.340")]
    sizes = [("full", "filing_model"), ("micro", "filing_model")]

    found = settled(text, *numbers, *sizes, asked="enterprise_number", give=0.9)

    models = {m.filing: m.value for m in found.mentions if m.detail == "filing_model"}
    assert models[0] == "full"


def test_a_number_in_a_list_of_a_certificates_details_is_its_number() -> None:
    text = "Hans Maes, h@x.example, 445566, globalsign"
    marks = [
        ("Hans Maes", "certificate_owner"),
        ("h@x.example", "certificate_email"),
        ("globalsign", "certificate_type"),
    ]

    found = settled(text, *marks, asked="certificate_owner", give=0.9)

    assert values(found)["certificate_number"] == "445566"


@pytest.mark.parametrize("number", ["0475 12 34 56", "2022", "445566, 778899", "dossier 445566"])
def test_another_number_in_such_a_list_is_none(number: str) -> None:
    text = f"Hans Maes, h@x.example, {number}"
    marks = [("Hans Maes", "certificate_owner"), ("h@x.example", "certificate_email")]

    found = settled(text, *marks, asked="certificate_owner", give=0.9)

    assert "certificate_number" not in values(found)


def test_words_that_were_taken_for_an_address_belong_to_the_name_before_them() -> None:
    text = "mine!! peter janssen. globalsign. mail peter@x.example"
    marks = [
        ("peter", "certificate_owner"),
        ("janssen. globalsign", "certificate_email"),
        ("peter@x.example", "certificate_email"),
    ]

    found = settled(text, *marks, asked="certificate_owner", give=0.9)

    assert values(found)["certificate_owner"] == "peter janssen"
    assert values(found)["certificate_email"] == "peter@x.example"


def test_a_day_is_of_each_year_named() -> None:
    text = "2 boekjaren, 2021 en 2022, telkens op 31 december"
    marks = [(words, "closing_date") for words in ("2021", "2022", "31 december")]

    found = settled(text, *marks, asked="closing_date")

    assert [(m.value, m.filing) for m in found.mentions] == [("2021-12-31", 0), ("2022-12-31", 2)]


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


def test_what_is_skipped_and_a_question_are_both_taken() -> None:
    found = settled(
        "no idea. why is it grey?", asked="certificate_type", decided=GREY, skip=0.9, ask=0.9
    )

    assert (found.intent, values(found)) == ("faq", {"skipped_detail": "certificate_type"})


def test_an_unclear_question_beside_a_value_is_asked_back() -> None:
    text = "31/12/2022, en hoe zit dat?"

    found = settled(text, ("31/12/2022", "closing_date"), asked="closing_date", give=0.9, ask=0.8)

    assert (found.intent, values(found)) == ("nlu_fallback", {"closing_date": "2022-12-31"})


@pytest.mark.parametrize(("move", "intent"), [("pause", "pause"), ("language", "change_language")])
def test_what_is_said_beside_a_value_is_done_too(move: str, intent: str) -> None:
    text = "31/12/2022, einen Moment"

    found = settled(
        text, ("31/12/2022", "closing_date"), asked="closing_date", give=0.9, **{move: 0.9}
    )

    assert (found.intent, values(found)) == (intent, {"closing_date": "2022-12-31"})


def test_none_of_these_is_explained_and_not_refused() -> None:
    assert settled("geen van alle", asked="filing_model", deny=0.9).intent == "explain_detail"


def test_a_wrong_value_alone_is_asked_again() -> None:
    text = "31/12/2021 is fout"

    found = settled(
        text, ("31/12/2021", "closing_date", "wrong"), asked="confirm_ticket", correct=0.9
    )

    assert values(found) == {"detail_to_change": "closing_date"}


def test_the_language_that_is_asked_for_is_not_that_of_the_accounts() -> None:
    certain = Decided("change_language", 1.0)

    found = settled(
        "frans aub", ("frans", "filing_language"), asked="closing_date", decided=certain
    )

    assert (found.intent, values(found)) == ("change_language", {})


def test_details_and_a_wish_open_a_request_whatever_the_topic() -> None:
    text = "move 0403.170.701 please"

    found = settled(text, ("0403.170.701", "enterprise_number"), decided=GREY, open=0.6)

    assert found.intent == "open_migration_request"


@pytest.mark.parametrize(
    ("text", "named"),
    [("haal de tweede eruit", "2"), ("neerlegging 1 mag weg", "1"), ("take the last out", None)],
)
def test_a_filing_is_taken_out_by_its_place(text: str, named: str | None) -> None:
    situation = Situation(TODAY, "confirm_ticket", None, Filings(count=2, in_turn=2))

    found = settle(text, reading(text, remove=0.9), UNSURE, situation, Thresholds())

    assert values(found).get("filing_to_remove") == named
    assert named or found.intent == "change_detail"


def test_a_filing_is_taken_out_by_its_number_which_is_no_value_then() -> None:
    text = "remove 0403.170.701"
    situation = Situation(TODAY, "confirm_ticket", None, Filings(count=2, in_turn=2))
    read = reading(text, ("0403.170.701", "enterprise_number"), remove=0.9)

    assert values(settle(text, read, UNSURE, situation)) == {"filing_to_remove": "0403170701"}


def test_values_of_two_filings_keep_their_filing() -> None:
    text = "31/12/2021 and 31/12/2022"
    marks = [
        Stated("closing_date", "value", 0, 10, 1, 0.9),
        Stated("closing_date", "value", 15, 25, 2, 0.9),
    ]

    found = settle(
        text, Reading({"give": 0.9}, tuple(marks)), UNSURE, Situation(TODAY, "closing_date")
    )

    assert {(m.value, m.filing) for m in found.mentions} == {("2021-12-31", 0), ("2022-12-31", 2)}


def test_the_one_number_in_an_answer_counts_though_no_word_was_marked() -> None:
    found = settled("mijn nummer is be0403170701", asked="enterprise_number", give=0.8)

    assert values(found) == {"enterprise_number": "0403170701"}


def test_a_number_of_somebody_else_is_no_answer() -> None:
    text = "0403.170.701 is van mijn kantoor"

    found = settled(
        text, ("0403.170.701", "enterprise_number", "sender"), asked="enterprise_number", give=0.8
    )

    assert values(found) == {"enterprise_number": text}


def test_what_is_written_down_tells_the_old_value_from_the_new() -> None:
    text = "not abbreviated but micro"
    known = Situation(TODAY, "deposit_type", known={"filing_model": "abbreviated"})
    read = reading(
        text,
        ("abbreviated", "filing_model", "wrong"),
        ("micro", "filing_model", "wrong"),
        correct=0.9,
    )

    assert values(settle(text, read, UNSURE, known)) == {"filing_model": "micro"}


def test_a_no_to_the_summary_may_name_what_is_wrong() -> None:
    found = settled("nee, de afsluitdatum", asked="confirm_ticket", deny=0.9, correct=0.6)

    assert values(found) == {"detail_to_change": "closing_date"}


def test_who_answers_the_question_goes_on() -> None:
    text = "laat maar, we doen voort: 30/09/2024"

    found = settled(text, ("30/09/2024", "closing_date"), asked="closing_date", stop=0.7, give=0.4)

    assert values(found) == {"closing_date": "2024-09-30"}


def test_a_number_beside_other_values_says_which_filing() -> None:
    text = "voor 0403.170.701 moet het micro zijn"
    filings = Filings(
        count=2,
        in_turn=2,
        values=({"enterprise_number": "0403170701"}, {"enterprise_number": "0203201340"}),
    )
    read = reading(
        text, ("0403.170.701", "enterprise_number"), ("micro", "filing_model"), correct=0.9
    )

    found = settle(text, read, UNSURE, Situation(TODAY, "confirm_ticket", None, filings))

    assert [(m.detail, m.filing) for m in found.mentions] == [("filing_model", 1)]


def test_two_firms_are_two_filings_though_the_reading_numbers_none() -> None:
    text = "0403.170.701 en 0203.201.340"
    read = reading(
        text, ("0403.170.701", "enterprise_number"), ("0203.201.340", "enterprise_number"), give=0.9
    )

    found = settle(text, read, UNSURE, Situation(TODAY, "enterprise_number"))

    assert {(m.value, m.filing) for m in found.mentions} == {("0403170701", 0), ("0203201340", 2)}


def test_who_corrects_himself_means_the_last_number() -> None:
    text = "0403.170.701, nee wacht, 0203.201.340"
    read = reading(
        text,
        ("0403.170.701", "enterprise_number"),
        ("0203.201.340", "enterprise_number"),
        give=0.9,
        correct=0.6,
    )

    found = settle(text, read, UNSURE, Situation(TODAY, "enterprise_number"))

    assert values(found)["enterprise_number"] == "0203201340"


def test_the_name_of_a_filing_decides_what_is_said_of_it() -> None:
    text = "dossier 1: micro; dossier 2: volledig"
    filings = Filings(count=2, in_turn=2)
    read = reading(text, ("micro", "filing_model"), ("volledig", "filing_model"), correct=0.9)

    found = settle(text, read, UNSURE, Situation(TODAY, "confirm_ticket", None, filings))

    models = {(m.value, m.filing) for m in found.mentions if m.detail == "filing_model"}
    assert models == {("micro", 1), ("full", 0)}


@pytest.mark.parametrize(
    ("text", "words", "detail"),
    [
        ("het is een eerste neerlegging", "eerste neerlegging", "deposit_type"),
        ("première", "première", "deposit_type"),
        ("clos le 1er juillet 2023", "1er juillet 2023", "closing_date"),
    ],
)
def test_an_ordinal_in_a_value_is_no_place_of_a_filing(text: str, words: str, detail: str) -> None:
    filings = Filings(count=2, in_turn=2)
    read = reading(text, (words, detail), give=0.9)

    found = settle(text, read, UNSURE, Situation(TODAY, detail, None, filings))

    assert [(m.detail, m.filing) for m in found.mentions] == [(detail, 0)]


def test_the_same_firm_of_another_year_is_another_filing() -> None:
    text = "zelfde vennootschap, boekjaar 31/12/2023"
    filings = Filings(values=({"enterprise_number": "0403170701", "filing_model": "micro"},))
    marked = (
        ("zelfde vennootschap", "enterprise_number", "same"),
        ("31/12/2023", "closing_date"),
    )

    found = settle(
        text,
        reading(text, *marked, give=0.9),
        UNSURE,
        Situation(TODAY, "add_filing", None, filings),
    )

    assert values(found) == {
        "enterprise_number": "0403170701",
        "closing_date": "2023-12-31",
        "add_filing": "true",
    }


def test_no_stop_adding_is_a_no_and_no_end_of_the_request() -> None:
    found = settled("nee, stop maar met toevoegen", asked="add_filing", deny=0.84, stop=0.66)

    assert (found.intent, values(found)) == ("give_details", {"add_filing": "false"})


def test_two_parts_that_are_one_value_are_read_as_one() -> None:
    found = settled(
        "asbl, modèle abrégé",
        ("asbl", "filing_model"),
        ("abrégé", "filing_model"),
        asked="filing_model",
        give=0.9,
    )

    assert values(found) == {"filing_model": "association_abbreviated"}


def test_two_values_in_a_row_stay_two_and_the_last_counts() -> None:
    found = settled(
        "micro, euh volledig",
        ("micro", "filing_model"),
        ("volledig", "filing_model"),
        asked="filing_model",
        give=0.9,
    )

    assert values(found)["filing_model"] == "full"


def test_a_doubtful_word_does_not_replace_a_certain_one() -> None:
    text = "correction, la première fois il y avait une erreur"
    certain = Stated("deposit_type", "value", 0, 10, 0, 0.98)
    doubtful = Stated("deposit_type", "value", 15, 23, 0, 0.6)

    found = settle(
        text,
        Reading({"give": 0.9}, (certain, doubtful)),
        UNSURE,
        Situation(TODAY, "deposit_type"),
    )

    assert values(found) == {"deposit_type": "correction"}


@pytest.mark.parametrize(
    ("text", "model"),
    [("0403.170.701, vzw, verkort", "verkort"), ("verkort (asbl)", "verkort")],
)
def test_an_association_beside_the_model_is_part_of_it(text: str, model: str) -> None:
    found = settled(text, (model, "filing_model"), asked="filing_model", give=0.9)

    assert values(found)["filing_model"] == "association_abbreviated"


@pytest.mark.parametrize(
    ("text", "words", "date_"),
    [
        ("calendar year 2023, so 31 December", "31 December", "2023-12-31"),
        ("31 décembre de l'année passée", "31 décembre de", "2025-12-31"),
        # The year of another date is no year of this one.
        ("31 décembre, assemblée le 15/06/2023", "31 décembre", "31 décembre,"),
        ("31 december, vergadering op 15 juni 2023", "31 december", "31 december,"),
    ],
)
def test_a_date_takes_its_year_from_the_rest_of_the_message(
    text: str, words: str, date_: str
) -> None:
    found = settled(text, (words, "closing_date"), asked="closing_date", give=0.9)

    assert values(found)["closing_date"] == date_


@pytest.mark.parametrize(
    ("words", "date_"), [("2022", "2022-06-30"), ("31 december", "2023-12-31")]
)
def test_to_correct_a_date_its_year_or_its_day_is_enough(words: str, date_: str) -> None:
    situation = Situation(TODAY, "deposit_type", known={"closing_date": "2023-06-30"})
    read = reading(words, (words, "closing_date"), correct=0.9)

    found = settle(words, read, UNSURE, situation, Thresholds())

    assert values(found)["closing_date"] == date_


def test_what_stands_in_brackets_behind_a_name_is_no_part_of_it() -> None:
    text = "Luc Brisbois (mon père, retraité depuis)"

    found = settled(text, (text, "certificate_owner"), asked="certificate_owner", give=0.9)

    assert values(found)["certificate_owner"] == "Luc Brisbois"


def test_a_mere_yes_states_no_model() -> None:
    found = settled(
        "klopt volledig", ("volledig", "filing_model"), asked="confirm_ticket", affirm=0.95
    )

    assert values(found) == {"confirm_ticket": "true"}


@pytest.mark.parametrize(("ask", "intent"), [(0.0, "open_migration_request"), (0.9, "faq")])
def test_a_plain_wish_opens_a_request_though_a_topic_is_clear(ask: float, intent: str) -> None:
    text = "il faudrait me transférer deux projets de comptes"

    assert settled(text, decided=GREY, open=0.98, ask=ask).intent == intent
