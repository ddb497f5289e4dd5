"""Tables that came one cell a line."""

from bot.triage.tables import restacked

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
