"""`retention.yml` is read once, and says what is wrong with it."""

from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.shell.retention import RetentionError, read_retention
from tests.forked import ROOT

GOOD = {
    "conversation_days": "30",
    "mail_days": "90",
    "ticket_days": "730",
    "feedback_days": "90",
    "delivery_days": "30",
    "desk_session_days": "7",
}


def write(folder: Path, **changes: str | None) -> Path:
    content = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    path = folder / "retention.yml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in content.items()))
    return path


def test_the_projects_own_file_keeps_what_was_promised() -> None:
    retention = read_retention(read_settings({"CYBO_RETENTION": str(ROOT / "retention.yml")}))

    promised = (retention.conversation_days, retention.mail_days, retention.ticket_days)
    assert promised == (30, 90, 730)


def test_every_key_of_the_projects_own_file_has_a_comment() -> None:
    lines = (ROOT / "retention.yml").read_text().splitlines()

    keys = [number for number, line in enumerate(lines) if line and not line.startswith("#")]
    assert len(keys) == len(GOOD)
    assert all(lines[number - 1].startswith("# ") for number in keys)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"mail_days": None}, "mail_days"),
        ({"mail_days": "30"}, "mail_days"),
        ({"ticket_days": "0"}, "ticket_days"),
        ({"ticket_days": "'730'"}, "ticket_days"),
        ({"ticket_days": "two years"}, "ticket_days"),
        ({"ticket_days": "999999999999"}, "ticket_days"),
        ({"turns_days": "3"}, "turns_days"),
    ],
)
def test_a_key_that_is_wrong_is_named_with_its_file(
    tmp_path: Path, changes: dict[str, str | None], named: str
) -> None:
    path = write(tmp_path, **changes)

    with pytest.raises(RetentionError, match=rf"{path}: {named}: "):
        read_retention(read_settings({"CYBO_RETENTION": str(path)}))


@pytest.mark.parametrize("content", ["", "- 30", "a: [", "\x00"])
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "retention.yml"
    path.write_text(content)

    with pytest.raises(RetentionError, match=str(path)):
        read_retention(read_settings({"CYBO_RETENTION": str(path)}))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RetentionError, match="CYBO_RETENTION"):
        read_retention(read_settings({"CYBO_RETENTION": str(tmp_path / "none.yml")}))


def test_a_mail_may_not_be_forgotten_while_it_still_counts_as_new(tmp_path: Path) -> None:
    path = write(tmp_path, mail_days="40")
    settings = read_settings({"CYBO_RETENTION": str(path), "CYBO_MAIL_MAX_AGE_DAYS": "40"})

    with pytest.raises(RetentionError, match="CYBO_MAIL_MAX_AGE_DAYS"):
        read_retention(settings)
