"""The `cybo` command, without a model."""

import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from bot.errors import HelpdeskError
from bot.language import LANGUAGES
from bot.settings import Settings, SettingsError, read_settings
from bot.shell.app import app
from bot.shell.project import DataMissing
from bot.shell.transcript import TranscriptError
from bot.storage import SqlTicketStore, open_database
from bot.storage.tables import MAIL_THREADS, MAILS
from bot.tickets.model import Draft, Ticket

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
FILING = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
}


def cybo(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def output(result: Result) -> str:
    """Give what was printed; fails on an error nobody foresaw."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


@pytest.fixture
def open_ticket(data_dir: Path) -> Callable[..., Ticket]:
    store = SqlTicketStore(open_database(read_settings(os.environ).tickets_url))

    def build(*, owner: str = "An Peeters", hours: int = 0, **more: Any) -> Ticket:
        content: dict[str, Any] = {
            "conversation": "an",
            "channel": "web",
            "language": "nl",
            "filings": [FILING],
            "certificate_owner": owner,
            "certificate_email": "an@example.be",
            "certificate_number": "4A:7F:02",
            "certificate_type": "globalsign",
        }
        return store.open(Draft(**{**content, **more}), now=NOON + timedelta(hours=hours))[0]

    return build


# Tickets


def test_without_tickets_the_list_says_so() -> None:
    assert "No tickets" in output(cybo("tickets", "list"))


def test_without_tickets_the_json_list_is_empty() -> None:
    assert json.loads(output(cybo("tickets", "list", "--json"))) == []


def test_a_ticket_is_printed_as_the_contract_says(open_ticket: Callable[..., Ticket]) -> None:
    reference = open_ticket().reference

    shown = json.loads(output(cybo("tickets", "show", reference, "--json")))

    assert shown == {
        "reference": reference,
        "status": "new",
        "created_at": "2026-11-22T12:00:00Z",
        "channel": "web",
        "language": "nl",
        "filings": [FILING],
        "certificate_owner": "An Peeters",
        "certificate_email": "an@example.be",
        "certificate_number": "4A:7F:02",
        "certificate_type": "globalsign",
    }


def test_the_offices_own_code_of_the_model_is_printed_when_given(
    open_ticket: Callable[..., Ticket],
) -> None:
    filing = {**FILING, "filing_model_code": "m02-f"}
    reference = open_ticket(filings=[FILING, filing]).reference

    shown = json.loads(output(cybo("tickets", "show", reference, "--json")))

    assert shown["filings"] == [FILING, filing]


def test_the_mails_of_a_ticket_are_written_to_a_folder(
    open_ticket: Callable[..., Ticket], tmp_path: Path
) -> None:
    reference = open_ticket(conversation="mail:abc", channel="email").reference
    keep_mail_of(reference, "abc", b"Subject: Vraag\r\n\r\nhallo\r\n")
    folder = tmp_path / "nieuw" / "mails"

    result = cybo("tickets", "show", reference, "--json", "--attachments", str(folder))

    [file] = folder.iterdir()
    assert file.suffix == ".eml"
    assert file.read_bytes() == b"Subject: Vraag\r\n\r\nhallo\r\n"
    assert json.loads(output(result))["reference"] == reference


def test_a_folder_that_cannot_be_written_to_is_named(
    open_ticket: Callable[..., Ticket], tmp_path: Path
) -> None:
    reference = open_ticket().reference
    (tmp_path / "file").write_text("")

    result = cybo("tickets", "show", reference, "--attachments", str(tmp_path / "file"))

    assert isinstance(result.exception, HelpdeskError)
    assert str(tmp_path / "file") in str(result.exception)


def keep_mail_of(reference: str, thread: str, raw: bytes) -> None:
    engine = open_database(read_settings(os.environ).tickets_url)
    values = {"name": thread, "sender": "an@example.be", "language": "nl", "request": "{}"}
    noon = NOON.replace(tzinfo=None)
    with engine.begin() as connection:
        made = connection.execute(
            insert(MAIL_THREADS).values(**values, ticket_reference=reference, created_at=noon)
        )
        connection.execute(
            insert(MAILS).values(
                account="desk",
                uid_validity=1,
                uid=1,
                received_at=noon,
                bounced=False,
                raw=zlib.compress(raw),
                thread_id=made.inserted_primary_key[0],
            )
        )


def test_tickets_are_listed_newest_first(open_ticket: Callable[..., Ticket]) -> None:
    middle = open_ticket(owner="An", hours=1)
    oldest = open_ticket(owner="Bart", hours=0)
    newest = open_ticket(owner="Chloé", hours=2)

    listed = json.loads(output(cybo("tickets", "list", "--json")))

    references = [newest.reference, middle.reference, oldest.reference]
    assert [ticket["reference"] for ticket in listed] == references
    assert listed[0] == newest.as_dict()


def test_the_list_is_a_table_with_whole_references(open_ticket: Callable[..., Ticket]) -> None:
    first, second = open_ticket(owner="An"), open_ticket(owner="Bart", hours=1, channel="email")

    lines = output(cybo("tickets", "list")).splitlines()

    assert lines[1].split()[0] == second.reference
    assert lines[2].split()[0] == first.reference
    for column in ("new", "email", "nl", "2026-11-22T13:00:00Z"):
        assert column in lines[1]


@pytest.mark.parametrize(
    "write", [str.upper, str.lower, lambda text: f"  {text} "], ids=["upper", "lower", "spaces"]
)
def test_a_reference_may_be_typed_in_any_case(
    open_ticket: Callable[..., Ticket], write: Callable[[str], str]
) -> None:
    reference = open_ticket().reference

    shown = output(cybo("tickets", "show", write(reference), "--json"))

    assert json.loads(shown)["reference"] == reference


@pytest.mark.parametrize(
    "owner", ["Élodie D’Hondt", "[bold]An[/bold]", "An [/b]", "安娜", "A\\[b]"]
)
def test_a_ticket_is_shown_letter_for_letter(
    open_ticket: Callable[..., Ticket], owner: str
) -> None:
    reference = open_ticket(owner=owner).reference

    as_text = output(cybo("tickets", "show", reference))
    as_json = output(cybo("tickets", "show", reference, "--json"))

    assert f"certificate_owner: {owner}" in as_text
    assert "enterprise_number 0403170701" in as_text
    assert json.loads(as_json)["certificate_owner"] == owner


def test_a_long_value_is_not_broken_over_lines(open_ticket: Callable[..., Ticket]) -> None:
    owner = "Anne-Marie-Christine Vandenbroucke-Debusschere de la Kethulle de Ryhove van Outryve"
    reference = open_ticket(owner=owner).reference

    assert f"certificate_owner: {owner}\n" in output(cybo("tickets", "show", reference))


@pytest.mark.parametrize("reference", ["CYB-2026-999999-9", "nonsense", "", "'; drop table x; --"])
def test_an_unknown_reference_is_an_error_that_tells_what_to_do(reference: str) -> None:
    result = cybo("tickets", "show", reference)

    assert isinstance(result.exception, HelpdeskError)
    assert str(result.exception).startswith(f"{reference}: no such ticket")
    assert "cybo tickets list" in str(result.exception)


# Check


def test_the_projects_own_data_passes_the_check() -> None:
    result = cybo("check")

    assert (result.exit_code, output(result).splitlines()[-1].split(", ")[-1]) == (0, "0 problems")


def test_the_check_prints_json() -> None:
    assert json.loads(output(cybo("check", "--json")))["problems"] == []


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Stand in a copy of the project where one answer is missing in French."""
    project = tmp_path / "copy"
    shutil.copytree("data", project / "data")
    path = next((project / "data/responses").glob("customs.yml"))
    os.chmod(path, 0o644)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    name = next(name for name in content["responses"] if name.startswith("utter_faq/"))
    del content["responses"][name][1]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    monkeypatch.chdir(project)
    return name.removeprefix("utter_faq/")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_problem_in_the_data_is_named_and_fails_the_check(
    planted: str, options: list[str]
) -> None:
    result = cybo("check", *options)

    assert result.exit_code == 1
    assert f"{planted} [fr]: no answer" in output(result)


def test_a_check_outside_the_projects_folder_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert isinstance(cybo("check").exception, DataMissing)


# Settings


def test_every_setting_is_listed_with_its_whole_name() -> None:
    text = output(cybo("settings"))

    words = text.split()
    for name in Settings.model_fields:
        assert f"CYBO_{name.upper()}" in words


def test_settings_are_listed_as_json() -> None:
    listed = json.loads(output(cybo("settings", "--json")))

    by_variable = {row["variable"]: row for row in listed}
    assert len(by_variable) == len(Settings.model_fields)
    assert by_variable["CYBO_PORT"]["default"] == "8080"
    assert all(row["meaning"] for row in listed)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CYBO_PORT", "http"),
        ("CYBO_PORT", "0"),
        ("CYBO_PORT", "65536"),
        ("CYBO_HOST", "0.0.0.0"),
        ("CYBO_CONTACT_EMAIL", "helpdesk"),
        ("CYBO_CONTACT_EMAIL", "{said}@example.be"),
        ("CYBO_CONTACT_PHONE", "call us"),
        ("CYBO_MESSAGES_PER_MINUTE", "0"),
        ("CYBO_MAX_MESSAGE_CHARS", "lots"),
        ("CYBO_LOG_LEVEL", "LOUD"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["tickets", "list"]])
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, command: list[str]
) -> None:
    monkeypatch.setenv(variable, value)

    error = cybo(*command).exception

    assert isinstance(error, SettingsError)
    expected = "CYBO_API_TOKEN" if variable == "CYBO_HOST" else variable
    assert expected in str(error)


def test_a_secret_setting_is_not_told_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBO_API_TOKEN", "s3cret-token-of-a-test")
    monkeypatch.setenv("CYBO_PORT", "http")

    error = cybo("check").exception

    assert "s3cret-token" not in f"{error} {error!r} {error.__cause__}"  # type: ignore[union-attr]


# Wrong use


@pytest.mark.parametrize("language", ["de", "NL", "nederlands", ""])
def test_a_question_in_an_unknown_language_is_refused_before_the_model_is_loaded(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CYBO_MODEL", str(tmp_path / "nowhere"))

    error = cybo("ask", "hallo", "--lang", language).exception

    assert isinstance(error, HelpdeskError)
    assert "--lang" in str(error)
    assert ", ".join(LANGUAGES) in str(error)


def test_a_replay_of_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    error = cybo("replay", str(tmp_path / "missing.yml")).exception

    assert isinstance(error, TranscriptError)
    assert "missing.yml" in str(error)


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["tickets", "nonsense"], ["ask"], ["check", "-x"]]
)
def test_wrong_use_shows_how_to_use_it(arguments: list[str]) -> None:
    result = cybo(*arguments)

    assert result.exit_code == 2
    assert "Usage" in result.output


@pytest.mark.parametrize(
    "command", ["serve", "train", "shell", "ask", "check", "replay", "settings", "tickets"]
)
def test_help_lists_every_command(command: str) -> None:
    assert command in output(cybo("--help"))


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does."""
    return subprocess.run(
        [sys.executable, "-c", "from bot.shell.app import main; main()", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environ},
        text=True,
        timeout=50,
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "expected"),
    [
        (["tickets", "show", "CYB-2026-999999-9"], {}, "CYB-2026-999999-9: no such ticket"),
        (["tickets", "show", "[/b]"], {}, "[/b]: no such ticket"),
        (["tickets", "list"], {"CYBO_PORT": "http"}, "CYBO_PORT"),
        (["ask", "hallo", "--lang", "de"], {}, "--lang de"),
        (["ask", "hallo"], {"CYBO_MODEL": "nowhere"}, "nowhere: no trained model here"),
        (["shell", "--lang", "de"], {"CYBO_MODEL": "nowhere"}, "--lang de"),
        (["tickets", "list"], {"CYBO_DATA_DIR": "pyproject.toml"}, "CYBO_DATA_DIR"),
        (["tickets", "list"], {"CYBO_DATABASE_URL": "nonsense"}, "CYBO_DATABASE_URL"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_error_that_a_person_can_mend_is_one_line(
    arguments: list[str], environ: dict[str, str], expected: str
) -> None:
    done = run(*arguments, **environ)

    error = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2, done.stderr[-2000:]
    assert error.startswith("Error: ")
    assert expected in error
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
