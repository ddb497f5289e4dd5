"""The e-mail address of a certificate, written, spoken or hidden from robots."""

import pytest

from bot.details import InvalidDetail
from bot.details.addresses import parse_certificate_email


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("An.Peeters@Example.BE", "an.peeters@example.be"),
        ("het is an@example.be.", "an@example.be"),
        ("An Peeters <an@example.be>", "an@example.be"),
        ("mailto:an@example.be", "an@example.be"),
        ("o'neil+cert@mail.example.co.uk", "o'neil+cert@mail.example.co.uk"),
        ("an@example.be (AN@EXAMPLE.BE)", "an@example.be"),
    ],
)
def test_the_one_address_of_a_text_is_found_in_lower_case(text: str, address: str) -> None:
    assert parse_certificate_email(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "geen", "an@example", "@example.be", "an@example.be, jan@example.be"],
)
def test_no_address_or_two_of_them_are_refused(text: str) -> None:
    with pytest.raises(InvalidDetail, match="not_an_address"):
        parse_certificate_email(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jan dot peeters at firma dot be", "jan.peeters@firma.be"),
        ("jan punt peeters apenstaartje firma punt be", "jan.peeters@firma.be"),
        ("jan point peeters arobase firme point be", "jan.peeters@firme.be"),
        ("AN PUNT PEETERS APENSTAARTJE FIRMA PUNT BE", "an.peeters@firma.be"),
        ("jan(dot)peeters(at)firma(dot)be", "jan.peeters@firma.be"),
        ("jan [dot] peeters [at] firma [dot] be", "jan.peeters@firma.be"),
        ("jan.peeters@firma punt be", "jan.peeters@firma.be"),
        ("info<at>firma.be", "info@firma.be"),
        ("a.peeters @ firm.be", "a.peeters@firm.be"),
        ("a. peeters @ firm.be", "a.peeters@firm.be"),
        ("jan @ firma . be", "jan@firma.be"),
        ("jan streepje peeters at my dash firm dot co dot uk", "jan-peeters@my-firm.co.uk"),
        ("jan liggend streepje peeters at firma.be", "jan_peeters@firma.be"),
        ("jan underscore peeters@firma.be", "jan_peeters@firma.be"),
        ("marie tiret dupont arobase firme point be", "marie-dupont@firme.be"),
        ("marie trait d’union dupont arobase firme point be", "marie-dupont@firme.be"),
        ("marie tiret bas dupont arobase firme point be", "marie_dupont@firme.be"),
        ("jan koppelteken peeters apenstaartje firma punt be", "jan-peeters@firma.be"),
        ("an underscore at firma dot be", "an_@firma.be"),
        ("mon adresse est marie point dupont arobase firme point be.", "marie.dupont@firme.be"),
        ("het is jan at firma.be. Dank u", "jan@firma.be"),
        ("jan at firma dot be, JAN AT FIRMA DOT BE", "jan@firma.be"),
        ("jan\u200b@firma.be", "jan@firma.be"),
        ("jan @ dot-com.be", "jan@dot-com.be"),
    ],
)
def test_a_spoken_or_hidden_address_is_written_out(text: str, address: str) -> None:
    assert parse_certificate_email(text) == address
    assert parse_certificate_email(address) == address


def test_the_words_around_a_written_address_are_no_part_of_it() -> None:
    assert parse_certificate_email("look at our page or mail an@example.be") == "an@example.be"


@pytest.mark.parametrize(
    "text",
    [
        "jan at firma dot be or piet at firma dot be",
        "jan at firma punt be of jan at firma punt com",
        "look at www.example.be",
        "at at at",
        "point",
        "jan.at.firma.be",
        "at " * 3000,
        "@ " * 5000,
        "dot " * 99,
        "👍" * 10_000,
        "\ue000\ue001\ue002\ue003",
    ],
)
def test_words_that_spell_no_single_address_are_refused(text: str) -> None:
    with pytest.raises(InvalidDetail, match="not_an_address"):
        parse_certificate_email(text)
