import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.dialogue.assistant import Incoming
from bot.dialogue.history import Reply
from bot.language import LANGUAGES
from bot.privacy import MASK
from bot.shell.chat import Chat, MaskedHistory
from bot.shell.transcript import Transcript

QUESTION_BACK = Reply(
    "Bedoelt u een van deze?",
    "clarify",
    "nl",
    ["idaas", "grey_screen"],
    [
        {"title": "Wat is IDAAS?", "payload": "Wat is IDAAS?"},
        {"title": "Grijs scherm", "payload": "Ik zie een grijs scherm"},
    ],
)


@dataclass
class FakeAssistant:
    """Echoes, or gives ``replies``; remembers what it was asked."""

    replies: list[Reply] | None = None
    received: list[Incoming] = field(default_factory=list)

    async def handle(self, message: Incoming) -> list[Reply]:
        self.received.append(message)
        return self.replies or [Reply(f"Echo: {message.text}", "answer", "nl", ["idaas"])]

    async def parse(self, text: str, sender: str = "") -> dict[str, Any]:
        return {"language": "nl", "intent": {"name": "greet", "confidence": 0.5}}

    async def tracker_json(self, sender: str) -> dict[str, Any]:
        return {"slots": {"language": "nl"}, "events": []}

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.received]


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def talk(assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Type lines at the prompt; gives what the screen shows."""

    async def type_lines(*lines: str, language: str | None = None) -> str:
        screen = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        console = Console(file=screen, width=300)
        chat = Chat(assistant, console, language)  # type: ignore[arg-type]
        await chat.run(tmp_path / "history")
        return screen.getvalue()

    return type_lines


async def test_each_line_is_answered(talk: Any, assistant: FakeAssistant) -> None:
    screen = await talk("hallo", "grijs scherm")

    assert assistant.texts == ["hallo", "grijs scherm"]
    assert screen.index("Echo: hallo") < screen.index("Echo: grijs scherm")


async def test_one_visitor_keeps_one_conversation_in_the_shells_channel(
    talk: Any, assistant: FakeAssistant
) -> None:
    await talk("hallo", "nog iets", language="fr")

    assert len({message.sender for message in assistant.received}) == 1
    assert {message.channel for message in assistant.received} == {"shell"}
    assert {message.language for message in assistant.received} == {"fr"}


async def test_two_visitors_have_two_conversations(talk: Any, assistant: FakeAssistant) -> None:
    await talk("hallo")
    await talk("hallo")

    assert len({message.sender for message in assistant.received}) == 2


@pytest.mark.parametrize("line", ["", "   ", "\t"])
async def test_an_empty_line_is_no_message(talk: Any, assistant: FakeAssistant, line: str) -> None:
    await talk(line, "hallo")

    assert assistant.texts == ["hallo"]


@pytest.mark.parametrize("words", ["[bold]x[/bold]", "[/b]", "a [link=x]b", "{x} 0[", "😀", "\\["])
async def test_an_answer_is_shown_letter_for_letter(talk: Any, words: str) -> None:
    assert f"Echo: {words}" in await talk(words)


# Buttons


async def test_buttons_are_numbered_over_all_replies_of_a_turn(
    talk: Any, assistant: FakeAssistant
) -> None:
    assistant.replies = [
        QUESTION_BACK,
        Reply("Of?", "clarify", "nl", [], [{"title": "Neen", "payload": "Neen"}]),
    ]

    screen = await talk("idaas")

    assert [line.strip() for line in screen.splitlines() if line.startswith("  ")][-3:] == [
        "1. Wat is IDAAS?",
        "2. Grijs scherm",
        "3. Neen",
    ]


async def test_a_number_sends_what_the_button_says(talk: Any, assistant: FakeAssistant) -> None:
    assistant.replies = [QUESTION_BACK]

    await talk("idaas", " 2 ")

    assert assistant.texts == ["idaas", "Ik zie een grijs scherm"]


@pytest.mark.parametrize(
    "number", ["0", "3", "-1", "99999999999999999999", "²", "1.", "0403170701"]
)
async def test_a_number_without_a_button_is_a_message(
    talk: Any, assistant: FakeAssistant, number: str
) -> None:
    assistant.replies = [QUESTION_BACK]

    await talk("idaas", number)

    assert assistant.texts == ["idaas", number]


async def test_buttons_of_an_earlier_turn_are_gone(talk: Any, assistant: FakeAssistant) -> None:
    assistant.replies = [QUESTION_BACK]
    await talk("/help")
    replies = iter(
        [[QUESTION_BACK], [Reply("Zo.", "answer", "nl")], [Reply("Zo.", "answer", "nl")]]
    )

    async def handle(message: Incoming) -> list[Reply]:
        assistant.received.append(message)
        return next(replies)

    assistant.handle = handle  # type: ignore[method-assign]

    await talk("idaas", "1", "1")

    assert assistant.texts == ["idaas", "Wat is IDAAS?", "1"]


# Commands


@pytest.mark.parametrize("command", ["/help", "/debug", "/reset", "/lang nl", "/save", "/quit"])
async def test_a_command_is_not_sent(talk: Any, assistant: FakeAssistant, command: str) -> None:
    await talk(command)

    assert assistant.texts == []


@pytest.mark.parametrize("line", ["/restart", "/greet", "/", "/nl formulieren", "/helpdesk"])
async def test_what_is_no_command_is_a_message(
    talk: Any, assistant: FakeAssistant, line: str
) -> None:
    await talk(line)

    assert assistant.texts == [line]


@pytest.mark.parametrize("command", ["/debug", "/lang", "/reset", "/save", "/help", "/quit"])
async def test_help_lists_every_command(talk: Any, command: str) -> None:
    assert command in await talk("/help")


@pytest.mark.parametrize("command", ["/quit", "/exit"])
async def test_who_leaves_is_not_heard_any_more(
    talk: Any, assistant: FakeAssistant, command: str
) -> None:
    await talk("hallo", command, "nog iets")

    assert assistant.texts == ["hallo"]


async def test_debug_shows_what_was_understood_until_it_is_switched_off(talk: Any) -> None:
    without = await talk("hallo")
    switched_on = await talk("/debug", "hallo")
    switched_off = await talk("/debug", "/debug", "hallo")

    assert "greet  0.50" not in without
    assert "greet  0.50" in switched_on
    assert "language = nl" in switched_on
    assert "greet  0.50" not in switched_off


async def test_reset_begins_another_conversation(talk: Any, assistant: FakeAssistant) -> None:
    await talk("hallo", "/reset", "hallo", language="fr")

    before, after = assistant.received
    assert before.sender != after.sender
    assert after.language == "fr"


async def test_after_a_reset_the_buttons_are_gone(talk: Any, assistant: FakeAssistant) -> None:
    assistant.replies = [QUESTION_BACK]

    await talk("idaas", "/reset", "1")

    assert assistant.texts == ["idaas", "1"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_lang_begins_another_conversation_on_a_page_in_that_language(
    talk: Any, assistant: FakeAssistant, language: str
) -> None:
    await talk("hallo", f"/lang  {language} ", "hallo")

    before, after = assistant.received
    assert before.sender != after.sender
    assert (before.language, after.language) == (None, language)


@pytest.mark.parametrize("language", ["", "de", "nederlands", "[/b]"])
async def test_lang_refuses_what_we_do_not_speak_and_goes_on(
    talk: Any, assistant: FakeAssistant, language: str
) -> None:
    screen = await talk("hallo", f"/lang {language}", "hallo", language="nl")

    assert "en, fr, nl" in screen
    assert len({message.sender for message in assistant.received}) == 1
    assert assistant.received[-1].language == "nl"


async def test_save_writes_the_conversation_for_a_replay(
    talk: Any, assistant: FakeAssistant, tmp_path: Path
) -> None:
    path = tmp_path / "saved.yml"
    assistant.replies = [QUESTION_BACK]

    screen = await talk("idaas", "2", f"/save {path}", language="nl")

    saved = Transcript.load(path)
    assert saved.language == "nl"
    assert [turn.user for turn in saved.turns] == ["idaas", "Ik zie een grijs scherm"]
    assert saved.turns[0].replies[0]["topics"] == ["idaas", "grey_screen"]
    assert "2 turns saved" in screen


async def test_save_keeps_only_the_conversation_since_the_reset(talk: Any, tmp_path: Path) -> None:
    path = tmp_path / "saved.yml"

    await talk("eerst", "/reset", "dan", f"/save {path}")

    assert [turn.user for turn in Transcript.load(path).turns] == ["dan"]


async def test_a_file_name_with_brackets_is_shown_as_it_is(talk: Any, tmp_path: Path) -> None:
    path = tmp_path / "grijs scherm [b].yml"

    screen = await talk("hallo", f"/save {path}")

    assert path.exists()
    assert str(path) in screen


@pytest.mark.parametrize("name", ["missing/x.yml", ".", "missing/[/b].yml"])
async def test_a_file_that_cannot_be_written_is_named_and_the_talk_goes_on(
    talk: Any, assistant: FakeAssistant, tmp_path: Path, name: str
) -> None:
    path = f"{tmp_path}/{name}"

    screen = await talk(f"/save {path}", "hallo")

    assert f"{path}: cannot be written" in screen
    assert assistant.texts == ["hallo"]


async def test_save_without_a_name_asks_for_one(talk: Any) -> None:
    assert "name of a file" in await talk("/save")


async def test_a_saved_conversation_and_the_history_hold_no_secret(
    talk: Any, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.replies = [QUESTION_BACK]
    saved, typed = tmp_path / "saved.yml", tmp_path / "history"

    await talk("my password is Tr0ub4dor&3", f"/save {saved}")
    MaskedHistory(str(typed)).store_string("my password is Tr0ub4dor&3")

    for path in (saved, typed):
        content = path.read_text(encoding="utf-8")
        assert MASK in content
        assert "Tr0ub4dor" not in content
