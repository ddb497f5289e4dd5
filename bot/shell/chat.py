"""`cybo shell`: a conversation in the terminal."""

import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from rich.console import Console

from bot.dialogue.assistant import Assistant, Incoming
from bot.dialogue.history import Reply
from bot.language import LANGUAGES
from bot.privacy import mask_secrets
from bot.shell.debug import parse_table, reply_json, state_table
from bot.shell.transcript import Transcript, Turn

_HELP = """Type a message as a visitor would. A number chooses a button. Commands:
  /debug       show or hide language, intents, entities, slots and policy
  /lang CODE   be on a page in en, fr or nl (starts a new conversation)
  /reset       start a new conversation
  /save FILE   write the conversation, for `cybo replay FILE`
  /help        this list
  /quit        leave (Ctrl-C and Ctrl-D do as well)"""


class Chat:
    """One visitor at the terminal."""

    def __init__(self, assistant: Assistant, console: Console, language: str | None) -> None:
        self._assistant = assistant
        self._console = console
        self._language = language
        self._is_debugging = False
        self._buttons: list[dict[str, str]] = []
        self._begin()

    async def run(self, history: Path) -> None:
        """Talk until the visitor leaves."""
        self._console.print("Talk to Cybo; /help lists the commands.", style="dim")
        async for line in _lines(history):
            text = line.strip()
            if text in {"/quit", "/exit"}:
                break
            if text.startswith("/") and self._command(text):
                continue
            if text:
                await self._say(self._button_or(text))

    def _begin(self) -> None:
        self._sender = f"shell-{secrets.token_hex(6)}"
        self._transcript = Transcript(language=self._language)
        self._buttons = []

    def _button_or(self, text: str) -> str:
        if text.isdecimal() and text.isascii() and 1 <= int(text) <= len(self._buttons):
            return self._buttons[int(text) - 1]["payload"]
        return text

    def _command(self, text: str) -> bool:
        """Obey a command; False when the line is no command but a message."""
        name, _, argument = text.partition(" ")
        argument = argument.strip()
        if name == "/help":
            self._console.print(_HELP)
        elif name == "/debug":
            self._is_debugging = not self._is_debugging
            self._console.print(f"debug {'on' if self._is_debugging else 'off'}", style="dim")
        elif name == "/reset":
            self._begin()
            self._console.print("A new conversation.", style="dim")
        elif name == "/lang":
            self._change_page(argument)
        elif name == "/save":
            self._save(argument)
        else:
            return False
        return True

    def _change_page(self, language: str) -> None:
        if language not in LANGUAGES:
            self._console.print(f"/lang takes one of {', '.join(LANGUAGES)}", style="red")
            return
        self._language = language
        self._begin()
        self._console.print(f"A new conversation on a page in {language}.", style="dim")

    def _save(self, name: str) -> None:
        if not name:
            self._console.print("/save needs the name of a file", style="red")
            return
        try:
            self._transcript.save(Path(name))
        except OSError as error:
            self._console.print(
                f"{name}: cannot be written ({error.strerror})", style="red", markup=False
            )
            return
        self._console.print(
            f"{len(self._transcript.turns)} turns saved in {name}", style="dim", markup=False
        )

    async def _say(self, text: str) -> None:
        parsed = await self._assistant.parse(text, self._sender) if self._is_debugging else None
        message = Incoming(self._sender, text, "shell", self._language)
        replies = await self._assistant.handle(message)
        saved = mask_secrets(text).text
        self._transcript.turns.append(Turn(saved, [reply_json(reply) for reply in replies]))
        self._buttons = [button for reply in replies for button in reply.buttons]
        self._show(replies)
        if parsed is not None:
            self._console.print(parse_table(parsed), style="dim")
            state = await self._assistant.tracker_json(self._sender)
            self._console.print(state_table(state), style="dim")

    def _show(self, replies: list[Reply]) -> None:
        number = 0
        for reply in replies:
            self._console.print(reply.text, style="cyan", markup=False, highlight=False)
            for button in reply.buttons:
                number += 1
                self._console.print(f"  {number}. {button['title']}", markup=False)
            self._console.print()


class MaskedHistory(FileHistory):
    """What was typed before, without the secrets in it."""

    def store_string(self, string: str) -> None:
        """Append one line to the file."""
        super().store_string(mask_secrets(string).text)


async def _lines(history: Path) -> AsyncIterator[str]:
    """Read the visitor's lines, with editing and history when a person is typing."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line
        return
    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(history=MaskedHistory(str(history)))
    while True:
        try:
            yield await session.prompt_async("you> ")
        except (EOFError, KeyboardInterrupt):
            return
