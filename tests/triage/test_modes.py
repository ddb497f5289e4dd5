"""Off, draft or send: which rule counts."""

import pytest

from bot.triage.modes import Modes, ModeUnknown


@pytest.mark.parametrize(
    ("rules", "topics", "language", "mode"),
    [
        ("", ["fees"], "nl", "draft"),
        ("send", ["fees"], "nl", "send"),
        ("draft, nl=send", ["fees"], "nl", "send"),
        ("draft, nl=send", ["fees"], "fr", "draft"),
        ("send, fees=off", ["fees"], "nl", "off"),
        ("nl=send, fees=draft", ["fees"], "nl", "draft"),
        ("fees=draft, fees.nl=send", ["fees"], "nl", "send"),
        ("send, fees.fr=off", ["fees"], "nl", "send"),
        ("send, fees=draft", ["grey_screen", "fees"], "nl", "draft"),
        ("send, fees=off", ["grey_screen", "fees"], "nl", "off"),
        ("send, migration_request=draft", ["migration_request"], "nl", "draft"),
        ("send, ticket_status=draft", ["fees", "ticket_status"], "nl", "draft"),
        ("send", [], "nl", "send"),
    ],
)
def test_the_most_special_rule_and_the_strictest_topic_count(
    rules: str, topics: list[str], language: str, mode: str
) -> None:
    assert Modes.parse(rules).mode(topics, language) == mode


@pytest.mark.parametrize("rule", ["sometimes", "fees=maybe", "fees:send", "nl=", "=send"])
def test_what_is_no_rule_is_named(rule: str) -> None:
    with pytest.raises(ModeUnknown, match="off, draft or send"):
        Modes.parse(f"draft, {rule}")


def test_whether_anything_may_be_sent() -> None:
    assert not Modes.parse("draft, fees=off").may_send
    assert Modes.parse("off, fees.nl=send").may_send


def test_rules_for_what_does_not_exist_are_named() -> None:
    modes = Modes.parse(
        "nl=send, fees=off, fes=send, fees.fr=off, fees.de=off, migration_request=off, "
        "ticket_status.nl=off"
    )

    assert modes.unknown(["fees"]) == ["fes", "fees.de"]
