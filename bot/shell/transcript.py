"""Saved conversations: writing them, and comparing them with a new run."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import HelpdeskError

# References and days differ at every run; everything else must come out the same.
_CHANGING = re.compile(
    r"CYB-\d{4}-\d{6}-\d|ERR-[0-9A-F]{8}|(?:(?<=on )|(?<=le )|(?<=op ))\d\d/\d\d/\d{4}"
)


class TranscriptError(HelpdeskError):
    """A file that is no saved conversation."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they read, for people who compare conversations."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _represent_text)


@dataclass
class Turn:
    """One message and its replies, each with ``text``, ``outcome`` and ``topics``."""

    user: str
    replies: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Transcript:
    """A conversation as `/save` writes it. ``language``: that of the page, if one was set."""

    turns: list[Turn] = field(default_factory=list)
    language: str | None = None

    def save(self, path: Path) -> None:
        """Write the conversation as YAML."""
        content = {
            "language": self.language,
            "turns": [{"user": turn.user, "replies": turn.replies} for turn in self.turns],
        }
        text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
        path.write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Transcript":
        """Read a saved conversation.

        Raises: TranscriptError, naming the file and what is wrong with it.
        """
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            turns = [
                Turn(str(turn["user"]), [dict(reply) for reply in turn.get("replies") or []])
                for turn in content["turns"]
            ]
            return cls(turns, content.get("language"))
        except OSError as error:
            raise TranscriptError(f"{path}: cannot be read ({error.strerror})") from error
        except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TranscriptError(
                f"{path}: is no saved conversation; make one with /save in `cybo shell`"
            ) from error


def differences(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[str]:
    """Compare the replies of one turn; gives a unified diff, empty when nothing differs."""
    old, new = _lines(before), _lines(after)
    return list(difflib.unified_diff(old, new, "saved", "now", lineterm="", n=1))


def _lines(replies: Sequence[dict[str, Any]]) -> list[str]:
    lines = []
    for reply in replies:
        lines.append(f"[{reply.get('outcome')}] {', '.join(reply.get('topics') or [])}")
        lines += _CHANGING.sub("…", str(reply.get("text"))).splitlines()
    return lines
