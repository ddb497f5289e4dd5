"""Personal data is taken out; what the message is about stays."""

import pytest

from bot.privacy.personal import mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "Mijn naam is An Peeters, bel 0475 12 34 56 of an.p@example.be",
            "Mijn naam is [name], bel [number] of [e-mail]",
        ),
        ("BE 0403.170.701, afgesloten 31/12/2022", "[number], afgesloten 31/12/2022"),
        ("nom : Dupont, IBAN BE68 5390 0754 7034", "nom : [name], IBAN [number]"),
        ("Madame Van den Broeck n’a pas accès", "Madame [name] n’a pas accès"),
        ("nummer 4A:7F:02:11 van de sleutel", "nummer [number] van de sleutel"),
        ("https://idp.example.be/x?user=an", "https://idp.example.be/[link]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "code aadb2c90047 sinds 01.02.2024",
        "ik zit al 3 uur vast op 2022-12-31",
        "I am stuck in Chrome 120 with model m02-f",
        "ik ben het beu, grijs scherm",
    ],
)
def test_what_a_message_is_about_stays(text: str) -> None:
    assert mask_personal(text) == text


def test_people_who_are_known_are_masked_wherever_they_stand() -> None:
    text = "gisteren heeft de wolf lotte geholpen"

    assert mask_personal(text, ["De Wolf Lotte"]) == "gisteren heeft [name] geholpen"
