"""The details of filings in lists, tables and prose."""

from datetime import date

import pytest

from bot.details import DETAILS
from bot.triage.details import read_request
from bot.triage.request import Request, merge
from tests.triage.reading import read_passage

TODAY = date(2026, 11, 24)
LISTS = {
    "nl": """
Ondernemingsnummer: 0403.170.701
Afsluitingsdatum: 31/12/2022
Model: verkort
Type neerlegging: initieel
Taal: Nederlands
Eigenaar van het certificaat: An Peeters
E-mailadres: an@example.be
Certificaatnummer: 4A:7F:02
Type certificaat: GlobalSign""",
    "fr": """
Numéro d'entreprise : 0403.170.701
Date de clôture : 31/12/2022
Modèle : abrégé
Type de dépôt : initial
Langue des comptes : néerlandais
Titulaire du certificat : An Peeters
Adresse e-mail : an@example.be
Numéro du certificat : 4A:7F:02
Type de certificat : GlobalSign""",
    "en": """
- enterprise number: BE 0403 170 701
- closing date: 31 December 2022
- model: abbreviated
- type of filing: initial
- language of the accounts: Dutch
- owner of the certificate: An Peeters
- e-mail address: an@example.be
- certificate number: 4A:7F:02
- type of certificate: GlobalSign""",
}
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}
CERTIFICATE = {
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
}


def read(text: str) -> Request:
    own = frozenset({"desk@nbb.be"})
    return read_request(text, read=read_passage, today=TODAY, own_addresses=own)


@pytest.mark.parametrize("language", LISTS)
def test_a_list_with_labels_gives_the_whole_request(language: str) -> None:
    request = read(LISTS[language])

    assert request.filings == (FILING,)
    assert request.certificate == CERTIFICATE
    assert request.missing == []


@pytest.mark.parametrize(
    "text",
    [
        "Gelieve de jaarrekening van 0403.170.701, afgesloten op 31/12/2022, te verhuizen.",
        "Merci de transférer les comptes du 0403.170.701, clôturés au 31/12/2022.",
        "Please move the accounts of BE0403170701, closing date 31/12/2022.",
    ],
)
def test_prose_gives_what_it_states(text: str) -> None:
    request = read(text)

    (filing,) = request.filings
    assert (filing["enterprise_number"], filing["closing_date"]) == ("0403170701", "2022-12-31")
    assert request.missing == [n for n in DETAILS if n not in filing]


@pytest.mark.parametrize("separator", ["\t", " | ", ";", "    "])
def test_a_table_gives_a_filing_a_row(separator: str) -> None:
    rows = [
        ("Ondernemingsnummer", "Afsluitingsdatum", "Model", "Taal"),
        ("0403.170.701", "31/12/2021", "micro", "Nederlands"),
        ("0203.201.340", "31/12/2022", "verkort", "Frans"),
    ]

    request = read("Beste\n" + "\n".join(separator.join(row) for row in rows) + "\nDank u")

    first, second = request.filings
    assert (first["enterprise_number"], first["filing_model"]) == ("0403170701", "micro")
    assert (second["closing_date"], second["filing_language"]) == ("2022-12-31", "fr")


def test_a_table_of_a_web_page_gives_its_rows_too() -> None:
    table = "| Numéro d'entreprise | Date de clôture |\n|---|---|\n| 0403.170.701 | 31/12/2021 |"

    assert read(table).filings == (
        {"enterprise_number": "0403170701", "closing_date": "2021-12-31"},
    )


def test_two_years_of_one_firm_are_two_filings() -> None:
    request = read("Onderneming 0403.170.701, boekjaren afgesloten op 31/12/2021 en 31/12/2022")

    assert [(f["enterprise_number"], f["closing_date"]) for f in request.filings] == [
        ("0403170701", "2021-12-31"),
        ("0403170701", "2022-12-31"),
    ]


def test_numbered_filings_are_kept_apart() -> None:
    text = (
        "Neerlegging 1\nOndernemingsnummer: 0403.170.701\nModel: micro\n"
        "Neerlegging 2\nOndernemingsnummer: 0203.201.340\nModel: volledig"
    )

    assert [f["filing_model"] for f in read(text).filings] == ["micro", "full"]


def test_what_is_invalid_is_named_and_counts_as_missing() -> None:
    request = read("Ondernemingsnummer: 0403.170.702\nAfsluitingsdatum: 31/02/2022")

    assert {name: error.reason for name, error in request.invalid.items()} == {
        "enterprise_number": "check_digits",
        "closing_date": "not_a_date",
    }
    assert "enterprise_number" in request.missing


def test_the_helpdesks_own_address_is_no_detail() -> None:
    assert "certificate_email" not in read("Ik schreef naar desk@nbb.be").certificate


def test_a_question_states_nothing() -> None:
    request = read("Welk model moet ik kiezen, micro of verkort? En in welke taal, Nederlands?")

    assert (request.filings, request.certificate) == ((), {})


def test_the_newest_statement_wins_and_the_rest_stays() -> None:
    first = read(LISTS["nl"])
    second = read("Sorry, het model is micro en het ondernemingsnummer 0403.170.701")

    merged = merge(first, second)

    assert merged.filings == ({**FILING, "filing_model": "micro"},)
    assert merged.certificate == CERTIFICATE


def test_a_later_mail_fills_what_was_missing() -> None:
    half = read("Ondernemingsnummer: 0403.170.701\nAfsluitingsdatum: 31/12/2022\nModel: verkort")
    rest = read(
        "Type neerlegging: initieel\nTaal: Nederlands\nEigenaar van het certificaat: An Peeters\n"
        "E-mailadres: an@example.be\nCertificaatnummer: 4A:7F:02\nType certificaat: GlobalSign"
    )

    merged = merge(half, rest)

    assert (merged.filings, merged.certificate, merged.missing) == ((FILING,), CERTIFICATE, [])


@pytest.mark.parametrize(
    ("line", "detail", "reason"),
    [
        ("Type de certificat : eID", "certificate_type", "not_commercial"),
        ("Model: xyz", "filing_model", "unknown"),
        ("E-mailadres: an@", "certificate_email", "not_an_address"),
    ],
)
def test_a_wrong_value_in_a_form_is_refused_by_name(line: str, detail: str, reason: str) -> None:
    assert read(line).invalid[detail].reason == reason


def test_what_is_said_once_of_several_filings_counts_for_all() -> None:
    years = "Onderneming 0403.170.701, afgesloten op 31/12/2020, 31/12/2021 en 31/12/2022. Micro."

    filings = read(years + "\nTaal: Frans").filings

    assert [f["closing_date"][:4] for f in filings] == ["2020", "2021", "2022"]
    assert {(f["enterprise_number"], f["filing_model"], f["filing_language"]) for f in filings} == {
        ("0403170701", "micro", "fr")
    }


def test_what_stands_between_two_filings_is_said_of_the_first() -> None:
    first, second = read(
        "0403.170.701 op 31/12/2021 in micro en 0203.201.340 op 31/12/2022"
    ).filings

    assert first["filing_model"] == "micro"
    assert "filing_model" not in second


def test_a_line_below_a_table_counts_for_every_row_that_lacks_it() -> None:
    table = "Nummer onderneming\tModel\n0403.170.701\tmicro\n0203.201.340\tverkort\n"

    filings = read(table.replace("Nummer onderneming", "Ondernemingsnummer") + "\nTaal: NL").filings

    assert [(f["filing_model"], f["filing_language"]) for f in filings] == [
        ("micro", "nl"),
        ("abbreviated", "nl"),
    ]


def test_a_stray_word_does_not_overrule_a_table() -> None:
    table = "Ondernemingsnummer\tTaal\n0403.170.701\tNL\n0203.201.340\tFR\n\n"

    assert [f["filing_language"] for f in read(table + "Onze boekhouder is Duits").filings] == [
        "nl",
        "fr",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Comptes 0403.170.701 clôturés au 31/12/2022. Depuis le 1er février 2024, plus d'accès.",
        "Onderneming 0403.170.701, boekjaar 31/12/2022, de vergadering was op 15/06/2023.",
    ],
)
def test_another_date_of_a_sentence_closes_no_period(text: str) -> None:
    assert [f["closing_date"] for f in read(text).filings] == ["2022-12-31"]


def test_entries_strung_together_are_all_read() -> None:
    request = read(
        "Ondernemingsnummer: 0403.170.701, model: micro. Taal: NL; type certificaat: Isabel"
    )

    assert request.filings == (
        {"enterprise_number": "0403170701", "filing_model": "micro", "filing_language": "nl"},
    )
    assert request.certificate == {"certificate_type": "isabel"}
    assert request.invalid == {}


def test_a_firms_name_with_a_full_stop_is_one_value() -> None:
    owner = read("Titulaire du certificat : Dupont S.A. Bruxelles").certificate["certificate_owner"]

    assert owner == "Dupont S.A. Bruxelles"


def test_an_address_for_questions_does_not_replace_the_one_of_the_form() -> None:
    request = read("E-mailadres: an@example.be\nVoor vragen: bel mij of mail bob@example.be.")

    assert request.certificate == {"certificate_email": "an@example.be"}


def test_a_statement_beside_a_question_counts() -> None:
    text = "Kunnen jullie 0403.170.701 overzetten? Het is een micromodel. Alvast bedankt."

    assert read(text).filings == ({"enterprise_number": "0403170701", "filing_model": "micro"},)


def test_a_brand_stays_until_a_listed_one_is_named() -> None:
    luxtrust = Request((), {"certificate_type": "other", "certificate_brand": "LuxTrust"})

    same = merge(luxtrust, Request((), {"certificate_number": "4A"}))
    other = merge(luxtrust, Request((), {"certificate_type": "isabel"}))

    assert same.certificate["certificate_brand"] == "LuxTrust"
    assert other.certificate == {"certificate_type": "isabel"}
    assert luxtrust.names == {"certificate_type"}


def test_what_stands_behind_a_label_is_read_as_an_answer_to_it() -> None:
    request = read(
        "Holder: my husband, Karel Lenaerts (he keeps the books)\n"
        "Certificate number: GlobalSign, 4512 7788"
    )

    assert request.certificate == {
        "certificate_owner": "Karel Lenaerts",
        "certificate_type": "globalsign",
        "certificate_number": "4512 7788",
    }


def test_a_sentence_behind_a_label_that_states_nothing_is_not_refused() -> None:
    assert read("Number of the certificate: no idea where I should look for it").names == set()


def test_a_brand_that_is_named_alone_is_the_certificates() -> None:
    request = read("KBO-nummer: 0403.170.701\nSinds wij een andere isabel-kaart hebben is het weg.")

    assert request.certificate == {"certificate_type": "isabel"}


def test_a_brand_alone_makes_no_request() -> None:
    assert read("Kan ik met een Isabel-kaart aanmelden?").names == set()


def test_a_date_that_the_mail_itself_takes_back_is_no_second_filing() -> None:
    text = (
        "Graag overzetten: 0403.170.701, verkort, afgesloten op 31/12/2022.\n\n"
        "EDIT: ik zie dat ik mij vergist heb, de afsluitdatum is 30/06/2023. De rest klopt."
    )

    assert read(text).filings == (
        {
            "enterprise_number": "0403170701",
            "filing_model": "abbreviated",
            "closing_date": "2023-06-30",
        },
    )
