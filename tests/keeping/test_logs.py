"""The watch over the log sees what it has to see."""

from pathlib import Path

import pytest

from bot.settings import read_settings
from tests.keeping.conftest import House
from tests.logs import assert_nothing_personal

HARMLESS = (
    "2026-11-25 10:00:00,123 INFO bot.dialogue.assistant turn.answered channel=rest "
    "outcome=answer topics=fees ms=12.3\n"
)


@pytest.mark.parametrize(
    ("line", "is_personal"),
    [
        ("", False),
        ("ticket.opened reference=CYB-2026-000001-9", False),
        ("topics=certificate", False),
        ("failed for Peeters", True),
        ("to=an.peeters@example.be", True),
        ("number 0403.170.701", True),
        ("number=403170701", True),
        ("said 'mijn scherm is grijs'", True),
        ("call 0475123456", True),
        ("from els@firma.example", True),
        ("login with geheim", True),
    ],
)
def test_what_is_personal_in_a_log_is_found(
    house: House, tmp_path: Path, line: str, is_personal: bool
) -> None:
    house.chat("an", "certificate", "Mijn scherm is grijs", "bel\n0475123456.")
    house.chat("an", "CYB-2026-000001-9")
    house.ticket()
    house.mail(1, sender="els@firma.example")
    url = str(house.engine.url)
    named = {} if url.startswith("sqlite") else {"CYBO_DATABASE_URL": url}
    settings = read_settings({"CYBO_DATA_DIR": str(tmp_path / "var"), **named})
    secrets = {"CYBO_IMAP_PASSWORD": "geheim", "CYBO_IMAP_HOST": "channel"}

    found = False
    try:
        assert_nothing_personal(HARMLESS + line, settings, secrets)
    except AssertionError:
        found = True

    assert found is is_personal
