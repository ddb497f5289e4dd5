"""Tables that came one cell a line."""

from bot.details.choices import parse_filing_model
from bot.triage.tables import Table, restacked, tables_and_lines

HEADINGS = ["Ondernemingsnr", "Afsluitdatum", "Model"]
ROWS = [["0403.170.701", "31/12/2022", "verkort"], ["0203.201.340", "30/09/2022", "micro"]]


def test_the_rows_are_put_together_again() -> None:
    lines = ["Beste", "", *HEADINGS, *ROWS[0], *ROWS[1], "", "mvg"]

    assert restacked(lines) == [
        "Beste", "", "\t".join(HEADINGS), *map("\t".join, ROWS), "", "mvg",
    ]  # fmt: skip


def test_a_row_that_breaks_off_and_text_are_no_rows() -> None:
    lines = [*HEADINGS, *ROWS[0], "0203.201.340", "30/09/2022"]

    assert restacked(lines)[-2:] == ["0203.201.340", "30/09/2022"]
    assert restacked([*HEADINGS, "dat", "is", "alles"]) == [*HEADINGS, "dat", "is", "alles"]
    assert restacked(["Model", "Taal", "micro", "2022"]) == ["Model", "Taal", "micro", "2022"]


def test_columns_apart_by_two_blanks_are_a_table_with_empty_lines_between() -> None:
    lines = ["N° d'entreprise  Clôture     Modèle", "", "0441.453.631     31/12/2021  micro", ""]

    (table,) = tables_and_lines(lines)

    assert isinstance(table, Table)
    assert table.columns == ["enterprise_number", "closing_date", "filing_model"]
    assert table.rows == [["0441.453.631", "31/12/2021", "micro"]]


def test_the_rule_below_a_heading_is_no_row() -> None:
    (table,) = tables_and_lines(["N° d'entreprise | Modèle", "---|---", "0441.453.631 | micro"])

    assert isinstance(table, Table)
    assert table.rows == [["0441.453.631", "micro"]]


def test_a_heading_without_rows_is_prose() -> None:
    line = "Welk model moet ik kiezen; en welke taal?"

    assert list(tables_and_lines([line, "Dank u"])) == [line, "Dank u"]


def test_a_column_is_what_all_its_cells_are_whatever_its_heading_says() -> None:
    lines = [
        "klant;btw-nr;einde_bj;schema;certificaat",
        "THIJSSEN HOUT;0403170701;20221231;VKT;Isabel",
        "APOTHEEK NOLENS;0203201340;20230930;MIC;Isabel",
    ]

    (table,) = tables_and_lines(lines)

    assert isinstance(table, Table)
    assert table.columns == [
        None,
        "enterprise_number",
        "closing_date",
        "filing_model",
        "certificate_type",
    ]


def test_columns_that_are_no_details_are_prose() -> None:
    lines = ["artikel | aantal | prijs", "stoel | 4 | 12,50", "tafel | 1 | 99,00"]

    assert all(isinstance(line, str) for line in tables_and_lines(lines))


def test_a_mistyped_key_stays_in_its_column_to_be_refused_by_name() -> None:
    lines = [
        "klant;nummer;einde;soort",
        "A;0403170701;31/12/2022;eerste",
        "B;0403170702;31/12/2022;eerste",
        "C;0203201340;idem;verbetering",
    ]

    (table,) = tables_and_lines(lines)

    assert isinstance(table, Table)
    assert table.columns == [None, "enterprise_number", "closing_date", "deposit_type"]
    assert table.rows[2][2] == "31/12/2022"


def test_a_list_without_numbers_and_dates_is_no_request() -> None:
    lines = ["toestel | status | taal", "laptop 1 | nieuw | NL", "laptop 2 | nieuw | FR"]

    assert all(isinstance(line, str) for line in tables_and_lines(lines))


def test_the_second_of_two_columns_of_days_is_the_end() -> None:
    lines = ["Boekjaar van;tot;KBO", "01/07/2021;30/06/2022;0403170701"]

    (table,) = tables_and_lines(lines)

    assert isinstance(table, Table)
    assert table.columns == [None, "closing_date", "enterprise_number"]


def test_a_heading_that_names_associations_counts_for_its_cells() -> None:
    (table,) = tables_and_lines(["N° d'entreprise | Modèle ASBL", "0403.170.701 | micro"])

    assert isinstance(table, Table)
    assert parse_filing_model(table.rows[0][1]) == "association_micro"
