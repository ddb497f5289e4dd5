"""Lines that were broken at a margin are joined, all others stay."""

import pytest

from bot.triage.wraps import unwrapped


def test_a_sentence_broken_at_the_margin_is_whole_again() -> None:
    lines = [
        "Merci de transférer la société 0468.598.981, clôturée au 31 décembre",
        "2022. Le certificat est un GlobalSign au nom de Nathalie Closset, numéro",
        "4A:7F:02.",
    ]

    assert unwrapped(lines) == [" ".join(lines)]


LONG = "Graag had ik de volgende neerlegging laten verhuizen naar mijn ruimte"


@pytest.mark.parametrize(
    "lines",
    [
        ["Dag,", "Wat nu?"],
        [LONG, "", "Ondernemingsnummer"],
        [LONG, "Ondernemingsnummer: 0403.170.701"],
        [LONG, "- neerleggingen"],
        [LONG, "2) neerleggingen"],
        [LONG, "_" * 30],
        [LONG + ";a;b", LONG + ";c;d"],
        [LONG + " " + LONG, "neerleggingen"],
        [LONG[:55], "op"],
    ],
)
def test_a_line_of_its_own_stays_one(lines: list[str]) -> None:
    assert unwrapped(lines) == lines
