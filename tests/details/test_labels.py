"""The words that announce a detail, among them every synonym of the fact base."""

from pathlib import Path

import pytest
import yaml

from bot.details.labels import named_detail, named_filing
from bot.language import LANGUAGES

FACTS = Path(__file__).parents[2] / "data" / "guidance" / "facts.yaml"
# The other details have synonyms for their values rather than for their names.
LABELLED = ("enterprise_number", "closing_date", "certificate_owner", "certificate_number")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("detail", LABELLED)
def test_every_synonym_of_the_fact_base_names_its_detail(detail: str, language: str) -> None:
    details = yaml.safe_load(FACTS.read_text(encoding="utf-8"))["ticket"]["details"]

    named = {word: named_detail(word) for word in details[detail]["synonyms"][language]}

    assert named == dict.fromkeys(named, detail)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("the closing date is wrong", "closing_date"),
        ("la date de clôture n'est pas bonne", "closing_date"),
        ("de afsluitdatum klopt niet", "closing_date"),
        ("wrong e-mail address", "certificate_email"),
        ("mon adresse mail", "certificate_email"),
        ("het mailadres", "certificate_email"),
        ("type of certificate", "certificate_type"),
        ("le type de dépôt", "deposit_type"),
        ("taal van de jaarrekening", "filing_language"),
        ("the model", "filing_model"),
    ],
)
def test_a_detail_is_recognised_in_a_sentence(text: str, detail: str) -> None:
    assert named_detail(text) == detail


@pytest.mark.parametrize(
    ("text", "filing"),
    [
        ("Filing 2", "filing_2"),
        ("dépôt n° 1", "filing_1"),
        ("neerlegging nummer 3", "filing_3"),
        ("dossier 2", "filing_2"),
    ],
)
def test_a_filing_is_named_by_its_number(text: str, filing: str) -> None:
    assert named_filing(text) == filing


@pytest.mark.parametrize("text", ["", "alles", "rien", "hello", "👍"])
def test_other_words_name_neither_a_detail_nor_a_filing(text: str) -> None:
    assert named_detail(text) is None
    assert named_filing(text) is None
