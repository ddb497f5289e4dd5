"""What is said to be the same as in the filing before."""

from bot.details import Mention
from bot.reading.filings import Filings
from bot.reading.model import Stated
from bot.reading.same import AS_BEFORE, looked_up, same_mentions

FIRST = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "filing_model_code": "m81-f",
    "deposit_type": "initial",
    "filing_language": "nl",
}
OTHER = "0203201340"
ONE = Filings(count=1, in_turn=1, values=(FIRST,))
SECOND = Filings(count=1, in_turn=2, values=(FIRST,))


def same(detail: str, filing: int = 0) -> Mention:
    return Mention(detail, AS_BEFORE, 0, 4, filing)


def taken(
    *found: Mention, filings: Filings = SECOND, begins: bool = False
) -> dict[tuple[str, int], str]:
    values = looked_up(found, filings, begins=begins)
    return {(mention.detail, mention.filing): mention.value for mention in values}


def test_one_detail_is_taken_from_the_filing_before() -> None:
    assert taken(same("filing_language")) == {("filing_language", 0): "nl"}


def test_the_code_of_a_model_comes_along() -> None:
    assert taken(same("filing_model")) == {("filing_model", 0): "m81-f"}


def test_another_filing_of_the_same_firm_is_of_another_year() -> None:
    assert {name for name, _ in taken(same("filing"))} == {
        "enterprise_number",
        "filing_model",
        "deposit_type",
        "filing_language",
    }


def test_another_firm_has_the_same_closing_date() -> None:
    found = taken(Mention("enterprise_number", OTHER, 10, 20), same("filing"))

    assert found["closing_date", 0] == "2022-12-31"
    assert found["enterprise_number", 0] == OTHER


def test_the_firm_told_again_is_no_other() -> None:
    again = Mention("enterprise_number", FIRST["enterprise_number"], 10, 20)

    assert ("closing_date", 0) not in taken(again, same("filing"))


def test_what_is_known_of_a_filing_stays() -> None:
    begun = {"enterprise_number": OTHER, "filing_model": "micro"}
    filings = Filings(count=2, in_turn=2, values=(FIRST, begun))

    assert taken(same("filing"), filings=filings) == {
        ("closing_date", 0): "2022-12-31",
        ("deposit_type", 0): "initial",
        ("filing_language", 0): "nl",
    }


def test_a_filing_that_is_being_added_is_like_the_last_one() -> None:
    assert taken(same("enterprise_number"), filings=ONE, begins=True) == {
        ("enterprise_number", 0): "0403170701"
    }


def test_a_filing_named_in_the_same_message_is_one_before_too() -> None:
    first = Mention("filing_model", "micro", 0, 5)

    found = taken(first, same("filing_model", 2), filings=Filings(values=({},)))

    assert found == {("filing_model", 0): "micro", ("filing_model", 2): "micro"}


def test_the_first_filing_is_like_no_other() -> None:
    assert taken(same("filing"), filings=Filings(values=({},))) == {}


def test_an_uncertain_mark_takes_nothing_over() -> None:
    marks = [Stated("filing", "same", 0, 4, 0, 0.3)]

    assert same_mentions(marks, 0.4) == []
