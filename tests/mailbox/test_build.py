"""Settings of the mailbox that speak of what does not exist."""

from pathlib import Path

import pytest

from bot.mailbox.build import check_modes
from bot.settings import Settings, SettingsError, read_settings
from bot.shell.project import read_facts, topic_names

MAIL = {
    "CYBO_MAIL_ADDRESS": "desk@x.example",
    "CYBO_IMAP_HOST": "imap.x.example",
    "CYBO_IMAP_USER": "desk",
    "CYBO_IMAP_PASSWORD": "geheim",
}


def test_modes_may_speak_of_every_topic(tmp_path: Path) -> None:
    rules = ", ".join(f"{name}=draft" for name in topic_names(read_facts()))

    check_modes(Settings(data_dir=tmp_path, mail_modes=rules), topic_names(read_facts()))


def test_a_mode_for_an_unknown_topic_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CYBO_MAIL_MODES: grey_scren"):
        check_modes(
            Settings(data_dir=tmp_path, mail_modes="grey_scren=off"), topic_names(read_facts())
        )


@pytest.mark.parametrize("missing", ["CYBO_IMAP_HOST", "CYBO_IMAP_USER", "CYBO_IMAP_PASSWORD"])
def test_what_a_mailbox_needs_is_asked_for(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"{missing}: must be set when CYBO_MAIL_ADDRESS"):
        read_settings({name: value for name, value in MAIL.items() if name != missing})


def test_sending_needs_a_server() -> None:
    assert read_settings(MAIL).mail_modes == "draft"
    with pytest.raises(SettingsError, match="CYBO_SMTP_HOST: must be set when CYBO_MAIL_MODES"):
        read_settings({**MAIL, "CYBO_MAIL_MODES": "draft, nl=send"})


@pytest.mark.parametrize("protocol", ["IMAP", "SMTP"])
def test_a_password_does_not_travel_in_clear(protocol: str) -> None:
    with pytest.raises(SettingsError, match=f"CYBO_{protocol}_SECURITY: .*use tls or starttls"):
        read_settings(
            {
                **MAIL,
                f"CYBO_{protocol}_HOST": "mail.x.example",
                f"CYBO_{protocol}_SECURITY": "none",
            }
        )


def test_a_wrong_rule_is_explained() -> None:
    with pytest.raises(SettingsError, match="CYBO_MAIL_MODES: 'fees=perhaps' is no rule"):
        read_settings({"CYBO_MAIL_MODES": "draft, fees=perhaps"})
