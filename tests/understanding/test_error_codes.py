"""Error codes: those the guidance explains, and the others."""

import pytest

from bot.understanding.error_codes import has_unknown_error_code


@pytest.mark.parametrize(
    "text", ["AADB2C90091", "fout aadb2c-90006 bij login", "ERR_CONNECTION_REFUSED what now"]
)
def test_a_code_without_guidance_is_noticed(text: str) -> None:
    assert has_unknown_error_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "AADB2C90047",
        "aadb2c-90047 en dan niets",
        "err_bad_ssl_client_auth_cert",
        "ERR_EMPTY_RESPONSE après ERR_TIMED_OUT",
        "ik krijg een foutcode",
        "error 500",
    ],
)
def test_a_known_code_and_no_code_at_all_go_their_way(text: str) -> None:
    assert not has_unknown_error_code(text)
