"""Details in running text: what counts depends on where in the dialogue the message stands."""

from datetime import date

import pytest

from bot.details.answers import Situation
from bot.details.find import find_details
from bot.language import LANGUAGES

TODAY = date(2026, 11, 23)
ASIDE = Situation(is_elsewhere=True, today=TODAY)
REQUEST = Situation(is_request=True, today=TODAY)
EVERY_DETAIL = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "correction",
    "filing_language": "fr",
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}
LISTS = {
    "en": """Enterprise number: 0403.170.701
Closing date: 31/12/2022
Model: abbreviated
Filing type: correction
Language: French
Owner: An Peeters
E-mail: an@example.be
Certificate number: 4A:7F:02
Certificate type: GlobalSign""",
    "fr": """Numéro d’entreprise : 0403.170.701
Date de clôture : 31/12/2022
Modèle : abrégé
Type de dépôt : rectificatif
Langue : français
Titulaire du certificat : An Peeters
Adresse e-mail : an@example.be
Numéro du certificat : 4A:7F:02
Type de certificat : GlobalSign""",
    "nl": """Ondernemingsnummer: 0403.170.701
Afsluitingsdatum: 31/12/2022
Model: verkort
Type van neerlegging: verbetering
Taal: Frans
Eigenaar van het certificaat: An Peeters
E-mailadres: an@example.be
Certificaatnummer: 4A:7F:02
Type certificaat: GlobalSign""",
}


def asked_for(slot: str) -> Situation:
    return Situation(requested=slot, today=TODAY)


def found(text: str, situation: Situation) -> dict[str, str]:
    return {mention.detail: mention.value for mention in find_details(text, situation)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_labelled_list_gives_every_detail_at_once(language: str) -> None:
    assert found(LISTS[language], REQUEST) == EVERY_DETAIL


@pytest.mark.parametrize(
    "text",
    [
        "abbreviated model, correction, in French",
        "modèle abrégé, dépôt rectificatif, en français",
        "verkort model, verbetering, in het Frans",
    ],
)
def test_a_request_may_name_its_choices_in_everyday_words(text: str) -> None:
    assert found(text, REQUEST) == {
        "filing_model": "abbreviated",
        "deposit_type": "correction",
        "filing_language": "fr",
    }


@pytest.mark.parametrize("text", ["Isabel", "verkort", "in het Frans", "31/12/2022"])
def test_everyday_words_outside_a_request_state_nothing(text: str) -> None:
    assert found(text, ASIDE) == {}


def test_unmistakable_shapes_count_everywhere() -> None:
    text = "ik ben an@example.be van BE 0403.170.701, waarom een grijs scherm?"

    assert found(text, ASIDE) == {
        "certificate_email": "an@example.be",
        "enterprise_number": "0403170701",
    }


@pytest.mark.parametrize(
    "text",
    [
        "bel me op 02 221 30 01",
        "0475 12 34 56",
        "+32 475 12 34 56",
        "rijksregisternummer 85.07.30-033.28",
        "IBAN BE68 5390 0754 7034",
        "error AADB2C90091",
    ],
)
def test_other_numbers_are_no_enterprise_numbers(text: str) -> None:
    assert "enterprise_number" not in found(text, REQUEST)


def test_a_mistyped_number_is_kept_as_typed_only_when_it_was_asked_for() -> None:
    assert found("0403.170.702", asked_for("enterprise_number")) == {
        "enterprise_number": "0403.170.702"
    }
    assert found("0403.170.702", REQUEST) == {}


@pytest.mark.parametrize(
    ("slot", "answer"),
    [
        ("enterprise_number", "geen idee"),
        ("closing_date", "2022"),
        ("filing_model", "groot"),
        ("certificate_owner", "123"),
        ("confirm_ticket", "misschien"),
        ("detail_to_change", "alles"),
    ],
)
def test_an_answer_that_is_no_value_is_handed_on_so_that_the_form_can_refuse_it(
    slot: str, answer: str
) -> None:
    assert found(answer, asked_for(slot)) == {slot: answer}


@pytest.mark.parametrize(
    ("slot", "question"),
    [
        ("enterprise_number", "what is an enterprise number?"),
        ("filing_model", "quel modèle dois-je prendre ?"),
        ("certificate_owner", "waarom moet ik dat geven"),
    ],
)
def test_a_question_in_mid_form_is_no_answer(slot: str, question: str) -> None:
    assert found(question, asked_for(slot)) == {}


def test_a_confident_question_elsewhere_is_no_answer() -> None:
    situation = Situation(requested="certificate_owner", is_elsewhere=True, today=TODAY)

    assert found("mijn scherm blijft grijs", situation) == {}


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("certificate_type", {"certificate_type": "isabel"}),
        ("certificate_owner", {"certificate_owner": "Isabel"}),
    ],
)
def test_isabel_is_a_brand_or_a_first_name_by_the_question(
    slot: str, expected: dict[str, str]
) -> None:
    assert found("Isabel", asked_for(slot)) == expected


def test_the_owner_s_name_is_found_beside_the_address_in_one_answer() -> None:
    mentions = found("An Peeters, an@example.be", asked_for("certificate_owner"))

    assert mentions == {"certificate_owner": "An Peeters", "certificate_email": "an@example.be"}


@pytest.mark.parametrize(
    "text",
    [
        "closing date is 30/06/2022",
        "la date de clôture est 30/06/2022",
        "de afsluitdatum is 30/06/2022",
    ],
)
def test_a_correction_is_no_name_while_the_owner_is_asked_for(text: str) -> None:
    assert found(text, asked_for("certificate_owner")) == {"closing_date": "2022-06-30"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no, the owner is Jan Janssens", {"certificate_owner": "Jan Janssens"}),
        ("non, le titulaire est Jean Dupont", {"certificate_owner": "Jean Dupont"}),
        ("nee, de afsluitdatum is 30/06/2022", {"closing_date": "2022-06-30"}),
    ],
)
def test_a_no_with_a_correction_states_the_correction(text: str, expected: dict[str, str]) -> None:
    assert found(text, asked_for("confirm_ticket")) == expected


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("op naam van Jan Peeters met mail jan@example.be", "Jan Peeters"),
        ("au nom de Jean Dupont et l'adresse est jd@example.be", "Jean Dupont"),
        ("in the name of Ann Smith, brand Isabel", "Ann Smith"),
        ("op naam van Jan de Backer. Met vriendelijke groeten", "Jan de Backer"),
    ],
)
def test_a_name_in_a_sentence_ends_where_the_name_ends(text: str, owner: str) -> None:
    assert found(text, REQUEST)["certificate_owner"] == owner


def test_the_day_of_the_cutover_in_a_complaint_closes_no_period() -> None:
    text = "sinds 01/02/2024 ben ik de formulieren van 0403.170.701 kwijt"

    assert found(text, REQUEST) == {"enterprise_number": "0403170701"}


def test_the_day_of_the_cutover_counts_when_the_date_is_asked_for() -> None:
    assert found("31/01/2024", asked_for("closing_date")) == {"closing_date": "2024-01-31"}


def test_of_two_numbers_in_one_message_the_first_counts() -> None:
    text, situation = "0403.170.701 et 0440.966.354", asked_for("enterprise_number")

    assert found(text, situation) == {"enterprise_number": "0403170701"}


def test_a_number_where_another_filing_was_offered_begins_that_filing() -> None:
    assert found("0440.966.354", asked_for("add_filing")) == {
        "add_filing": "true",
        "enterprise_number": "0440966354",
    }


@pytest.mark.parametrize(
    "text",
    [
        "sorry, the number is 0440.966.354",
        "erreur, c'est le 0440.966.354",
        "oei, het is 0440.966.354",
    ],
)
def test_a_number_taken_back_where_another_filing_was_offered_begins_none(text: str) -> None:
    stated = found(text, asked_for("add_filing"))

    assert stated["enterprise_number"] == "0440966354"
    assert stated.get("add_filing") != "true"


@pytest.mark.parametrize("text", ["no", "non merci", "nee, toch niet"])
def test_a_no_to_the_number_of_a_further_filing_is_no_attempt_at_a_number(text: str) -> None:
    assert found(text, asked_for("enterprise_number")) == {"add_filing": "false"}


@pytest.mark.parametrize(
    "text",
    [
        "filing 2: closing date 30/06/2022",
        "dépôt 2 : date de clôture 30/06/2022",
        "neerlegging 2: afsluitdatum 30/06/2022",
    ],
)
def test_a_correction_may_name_its_filing(text: str) -> None:
    assert found(text, asked_for("detail_to_change")) == {
        "detail_to_change": "filing_2",
        "closing_date": "2022-06-30",
    }


def test_digits_asked_for_as_certificate_number_are_no_enterprise_number() -> None:
    assert found("0403170701", asked_for("certificate_number")) == {
        "certificate_number": "0403170701"
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("é🙂 verkort graag", "verkort"),
        ("we  hebben   het  verkort model", "verkort"),
        ("Große Firma, verkort", "verkort"),
    ],
)
def test_a_mention_says_where_its_words_stand(text: str, words: str) -> None:
    (mention,) = find_details(text, REQUEST)

    assert text[mention.start : mention.end] == words


def test_a_name_ends_at_a_bracket() -> None:
    text = "op naam van Raf Peeters (certificaatnummer 18:C4:5A:2E)"

    assert found(text, REQUEST)["certificate_owner"] == "Raf Peeters"


def test_the_label_of_a_closing_date_may_follow() -> None:
    assert found("Op 31/12/2022 afgesloten.", REQUEST)["closing_date"] == "2022-12-31"
