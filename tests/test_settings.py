"""Settings from the environment: checked at start, named in every error, documented."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import SettingsError, read_settings, settings_table

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


def test_an_empty_environment_gives_working_defaults() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.contact_email == "helpdesk.ba@nbb.be"
    assert settings.api_token is None


def test_variables_of_others_and_empty_ones_are_left_alone() -> None:
    environ = {"PATH": "/bin", "PORT": "1", "CYBO_PORT": "", "CYBO_BENCH_DATA": "/tmp/x"}

    assert read_settings(environ) == read_settings({})


def test_values_are_read_from_variables_with_the_prefix() -> None:
    settings = read_settings({"CYBO_PORT": "9000", "CYBO_CONTACT_EMAIL": "desk@example.be"})

    assert (settings.port, settings.contact_email) == (9000, "desk@example.be")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CYBO_PORT", "http"),
        ("CYBO_PORT", "0"),
        ("CYBO_PORT", "65536"),
        ("CYBO_CONTACT_EMAIL", "desk"),
        ("CYBO_CONTACT_EMAIL", "{desk}@example.be"),
        ("CYBO_CONTACT_PHONE", "call us"),
        ("CYBO_MAX_MESSAGE_CHARS", "5"),
        ("CYBO_MESSAGES_PER_MINUTE", "0"),
        ("CYBO_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_is_for(name: str, value: str) -> None:
    meaning = next(meaning for variable, _, meaning in settings_table() if variable == name)

    with pytest.raises(SettingsError, match=rf"\b{name}\b.*{re.escape(meaning)}.*default.*Correct"):
        read_settings({name: value})


def test_a_misspelt_variable_stops_nothing() -> None:
    assert read_settings({"CYBO_HOTS": "127.0.0.1"}) == read_settings({})


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_settings({"CYBO_PORT": "http", "CYBO_LOG_LEVEL": "LOUD"})

    assert "CYBO_PORT" in str(error.value)
    assert "CYBO_LOG_LEVEL" in str(error.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_no_token_is_needed(host: str) -> None:
    assert read_settings({"CYBO_HOST": host}).api_token is None


@pytest.mark.parametrize("token", ["", None])
def test_off_loopback_a_token_is_required(token: str | None) -> None:
    environ = {"CYBO_HOST": "0.0.0.0"} | ({} if token is None else {"CYBO_API_TOKEN": token})

    with pytest.raises(SettingsError, match="CYBO_API_TOKEN"):
        read_settings(environ)


def test_off_loopback_a_token_suffices() -> None:
    settings = read_settings({"CYBO_HOST": "0.0.0.0", "CYBO_API_TOKEN": "s3cret of this test"})

    assert settings.api_token is not None
    assert settings.api_token.get_secret_value() == "s3cret of this test"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CYBO_API_TOKEN", "s3cret of this test"),
        ("CYBO_DATABASE_URL", "postgresql://cybo:s3cret@db.example.be/cybo"),
    ],
)
def test_secrets_hide_in_the_representation(name: str, value: str) -> None:
    settings = read_settings({name: value})

    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings)


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = read_settings({})

    with pytest.raises((TypeError, ValidationError)):
        settings.port = 1


def test_sqlite_keeps_tickets_and_trackers_in_files_of_their_own(tmp_path: Path) -> None:
    settings = read_settings({"CYBO_DATA_DIR": str(tmp_path)})

    assert settings.tickets_url.startswith(f"sqlite:///{tmp_path}")
    assert settings.trackers_url.startswith(f"sqlite:///{tmp_path}")
    assert settings.tickets_url != settings.trackers_url


def test_a_database_address_is_used_for_tickets_and_trackers() -> None:
    url = "postgresql://cybo@db.example.be/cybo"

    settings = read_settings({"CYBO_DATABASE_URL": url})

    assert (settings.tickets_url, settings.trackers_url) == (url, url)


def test_a_request_may_lack_what_the_desk_says() -> None:
    listed = {"CYBO_REQUEST_MAY_LACK": "enterprise_number, certificate_number"}

    assert read_settings({}).request_may_lack == ("certificate_number", "certificate_type")
    assert read_settings(listed).request_may_lack == ("enterprise_number", "certificate_number")
    assert read_settings({"CYBO_REQUEST_MAY_LACK": "none"}).request_may_lack == ()


def test_an_unknown_detail_is_named_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"CYBO_REQUEST_MAY_LACK: 'colour' is no detail.*none"):
        read_settings({"CYBO_REQUEST_MAY_LACK": "certificate_number,colour"})


def test_every_setting_stands_in_the_documentation_with_its_default_and_meaning() -> None:
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |"
        for name, default, meaning in settings_table()
    ]
    page = PAGE.read_text(encoding="utf-8")

    table = [line for line in page.splitlines() if line.startswith("| `")]

    assert table == rows, "`make docs` writes the table anew"
