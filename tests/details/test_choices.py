"""Everyday words for a model, a type of filing, a language and a brand of certificate."""

from datetime import date

import pytest

from bot.details import InvalidDetail, parse_detail
from bot.details.choices import (
    CERTIFICATE_TYPES,
    DEPOSIT_TYPES,
    FILING_LANGUAGES,
    FILING_MODELS,
    listed_brands,
    parse_brand,
    parse_certificate_type,
    parse_deposit_type,
    parse_filing_language,
    parse_filing_model,
    parse_model_code,
)


@pytest.mark.parametrize(
    ("detail", "values"),
    [
        ("filing_model", FILING_MODELS),
        ("deposit_type", DEPOSIT_TYPES),
        ("filing_language", FILING_LANGUAGES),
        ("certificate_type", CERTIFICATE_TYPES),
    ],
)
def test_canonical_values_pass_unchanged(detail: str, values: tuple[str, ...]) -> None:
    today = date(2026, 11, 23)

    assert tuple(parse_detail(detail, value, today=today) for value in values) == values


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ("full model", "full"),
        ("schéma complet", "full"),
        ("VOL-kap", "full"),
        ("abridged", "abbreviated"),
        ("verkort schema", "abbreviated"),
        ("modèle abrégé", "abbreviated"),
        ("verkrot", "abbreviated"),
        ("comptes consolidés", "consolidated"),
        ("geconsolideerde jaarrekening", "consolidated"),
        ("full model of a non-profit", "association_full"),
        ("vzw, verkort", "association_abbreviated"),
        ("ASBL modèle micro", "association_micro"),
        ("volledig model voor verenigingen", "association_full"),
        ("sociale balans", "other"),
        ("m02-f", "full"),
        ("M81-O", "abbreviated"),
        ("m87", "micro"),
        ("m05-f", "association_full"),
        ("m04", "association_abbreviated"),
        ("m08-f", "association_micro"),
    ],
)
def test_words_and_office_codes_name_a_model(words: str, model: str) -> None:
    assert parse_filing_model(words) == model


@pytest.mark.parametrize("words", ["", "geen idee", "m99-f", "je ne sais pas", "grootte?"])
def test_words_that_name_no_model_are_refused(words: str) -> None:
    with pytest.raises(InvalidDetail, match="unknown"):
        parse_filing_model(words)


@pytest.mark.parametrize(
    "words", ["full or abbreviated", "abrégé ou complet", "volledig of verkort"]
)
def test_two_models_in_one_answer_are_no_choice(words: str) -> None:
    with pytest.raises(InvalidDetail):
        parse_filing_model(words)


@pytest.mark.parametrize(
    ("words", "code"),
    [("model m02-f", "m02-f"), ("M81-O", "m81-o"), ("m07", "m07-f"), ("verkort", None)],
)
def test_the_office_code_is_found_and_normalised(words: str, code: str | None) -> None:
    assert parse_model_code(words) == code


@pytest.mark.parametrize(
    ("words", "deposit_type"),
    [
        ("first filing", "initial"),
        ("original", "initial"),
        ("initiële neerlegging", "initial"),
        ("gewone neerlegging", "initial"),
        ("premier dépôt", "initial"),
        ("1e", "initial"),
        ("1ère", "initial"),
        ("rectif.", "correction"),
        ("dépôt initial", "initial"),
        ("amended", "correction"),
        ("a correction of the initial filing", "correction"),
        ("verbetering van de eerste neerlegging", "correction"),
        ("correction du dépôt initial", "correction"),
        ("een correctie", "correction"),
        ("dépôt rectificatif", "correction"),
        ("corretion", "correction"),
    ],
)
def test_words_name_the_type_of_filing(words: str, deposit_type: str) -> None:
    assert parse_deposit_type(words) == deposit_type


@pytest.mark.parametrize("words", ["", "geen idee", "type van neerlegging", "dépôt", "filing"])
def test_words_that_name_no_type_of_filing_are_refused(words: str) -> None:
    with pytest.raises(InvalidDetail, match="unknown"):
        parse_deposit_type(words)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("NL", "nl"),
        ("in het Nederlands", "nl"),
        ("de jaarrekening is in het Nederlands", "nl"),
        ("Flemish", "nl"),
        ("en néerlandais", "nl"),
        ("French", "fr"),
        ("en français", "fr"),
        ("les comptes sont en français", "fr"),
        ("de taal is Frans", "fr"),
        ("Deutsch", "de"),
        ("en allemand", "de"),
        ("en", "en"),
        ("the accounts are in English", "en"),
        ("en anglais", "en"),
    ],
)
def test_words_name_the_language_of_the_accounts(words: str, language: str) -> None:
    assert parse_filing_language(words) == language


@pytest.mark.parametrize(
    "words", ["Dutch and French", "français et néerlandais", "Nederlands en Frans", "fr of nl"]
)
def test_two_languages_are_refused_as_several(words: str) -> None:
    with pytest.raises(InvalidDetail, match="several"):
        parse_filing_language(words)


@pytest.mark.parametrize("words", ["", "Spanish", "geen idee", "?"])
def test_a_language_that_no_accounts_are_in_is_refused(words: str) -> None:
    with pytest.raises(InvalidDetail, match="unknown"):
        parse_filing_language(words)


@pytest.mark.parametrize(
    ("words", "brand"),
    [
        ("Global Sign", "globalsign"),
        ("globlsign", "globalsign"),
        ("GlobalSign PersonalSign 3 Pro", "globalsign"),
        ("Isabel 6", "isabel"),
        ("isabelkaart", "isabel"),
        ("Quo Vadis", "quovadis"),
        ("DigiCert QuoVadis", "quovadis"),
        ("Certipost", "other"),
        ("een ander", "other"),
        ("une autre marque", "other"),
    ],
)
def test_words_name_the_brand_of_a_certificate(words: str, brand: str) -> None:
    assert parse_certificate_type(words) == brand


@pytest.mark.parametrize(
    "words", ["eID", "e-ID", "mijn eid kaart", "itsme", "identiteitskaart", "carte d’identité"]
)
def test_eid_and_itsme_are_refused_as_no_commercial_certificates(words: str) -> None:
    with pytest.raises(InvalidDetail, match="not_commercial"):
        parse_certificate_type(words)


def test_an_unknown_brand_is_refused() -> None:
    with pytest.raises(InvalidDetail, match="unknown"):
        parse_certificate_type("weet ik niet")


@pytest.mark.parametrize(
    ("detail", "words", "value"),
    [
        ("filing_language", "eng", "en"),
        ("filing_language", "ndl.", "nl"),
        ("filing_language", "taal: ndl", "nl"),
        ("filing_language", "N", "nl"),
        ("filing_language", "(F)", "fr"),
        ("filing_language", "D", "de"),
        ("filing_language", "e", "en"),
        ("deposit_type", "init.", "initial"),
        ("deposit_type", "init. neerlegging", "initial"),
        ("deposit_type", "corr", "correction"),
        ("filing_model", "abr.", "abbreviated"),
        ("filing_model", "schéma abr.", "abbreviated"),
        ("filing_model", "vkt.", "abbreviated"),
        ("filing_model", "ASBL abr.", "association_abbreviated"),
    ],
)
def test_the_abbreviations_of_the_field_are_understood(detail: str, words: str, value: str) -> None:
    assert parse_detail(detail, words, today=date(2026, 11, 23)) == value


@pytest.mark.parametrize("words", ["N/F", "N en F", "d ou e"])
def test_two_letters_of_languages_are_several(words: str) -> None:
    with pytest.raises(InvalidDetail, match="several"):
        parse_filing_language(words)


@pytest.mark.parametrize("words", ["dat is eng", "in het N", "corr. init"])
def test_an_abbreviation_in_a_sentence_says_nothing(words: str) -> None:
    detail = "deposit_type" if "corr" in words else "filing_language"

    with pytest.raises(InvalidDetail, match="unknown"):
        parse_detail(detail, words, today=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("words", "brand"),
    [
        ("DigiCert", "DigiCert"),
        ("digicert", "digicert"),
        ("D-Trust 3", "D-Trust 3"),
        ("Certipost-kaart", "Certipost"),
        ("SwissSign AG", "SwissSign AG"),
        ("Let's Encrypt", "Let's Encrypt"),
        (' "Actalis". ', "Actalis"),
        ("Certigna\u200b", "Certigna"),
    ],
)
def test_a_brand_that_is_not_listed_keeps_its_spelling(words: str, brand: str) -> None:
    assert parse_brand(words) == brand
    assert parse_brand(brand) == brand


@pytest.mark.parametrize(
    "words",
    [
        *("", "x", "?", "a b c", "a1", "geen idee", "je sais pas", "no idea", "aucune idée"),
        *("ja", "weet niet", "een ander", "👍", "x" * 10_000, "👍" * 10_000, "\u200b" * 10_000),
    ],
)
def test_what_looks_like_no_name_is_no_brand(words: str) -> None:
    with pytest.raises(InvalidDetail, match="unknown"):
        parse_brand(words)


@pytest.mark.parametrize("words", ["eID", "itsme", "Carte identité"])
def test_eid_and_itsme_are_no_brand_either(words: str) -> None:
    with pytest.raises(InvalidDetail, match="not_commercial"):
        parse_brand(words)


@pytest.mark.parametrize(
    ("text", "brands"),
    [
        ("het GlobalSign-certificaat van mijn vennoot", {"globalsign"}),
        ("Isabel of QuoVadis, ik weet het niet", {"isabel", "quovadis"}),
        ("een certificaat van een ander merk", set()),
        ("mevrouw Isabelle Peeters", set()),
    ],
)
def test_listed_brands_are_found_in_a_text(text: str, brands: set[str]) -> None:
    assert listed_brands(text) == brands
