"""Names and codes as people type them."""

import pytest

from bot.understanding.error_codes import has_unknown_error_code
from bot.understanding.spelling import respell


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("aadb2c-90047", "AADB2C90047"),
        ("code AAD B2C 90047 ?", "code AADB2C90047 ?"),
        ("err bad ssl", "ERR_BAD_SSL_CLIENT_AUTH_CERT"),
        ("ERR-BAD-SSL-CLIENT-AUTH-CERT!", "ERR_BAD_SSL_CLIENT_AUTH_CERT!"),
        ("error empty respons", "ERR_EMPTY_RESPONSE"),
        ("mijn globalsing is vervallen", "mijn globalsign is vervallen"),
        ("Global Sign of Quo vadis", "globalsign of quovadis"),
        ("izabel kaart", "isabel kaart"),
        ("via idass", "via idaas"),
    ],
)
def test_names_and_codes_get_their_own_spelling(typed: str, meant: str) -> None:
    assert respell(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "GlobalSign, Isabel en QuoVadis",
        "Isabelle Peeters",
        "any ideas?",
        "error: bad gateway",
        "the response is empty",
        "une erreur globale",
        "",
    ],
)
def test_everything_else_stays_as_it_was_typed(text: str) -> None:
    assert respell(text) == text


@pytest.mark.parametrize("text", ["aadb2c 90091", "AADB2C-90091", "aad-b2c_90091"])
def test_an_unknown_code_is_unknown_in_every_spelling(text: str) -> None:
    assert has_unknown_error_code(text)


@pytest.mark.parametrize("text", ["AADB2C-90047", "err bad ssl", "err empty response"])
def test_a_known_code_is_known_in_every_spelling(text: str) -> None:
    assert not has_unknown_error_code(text)
