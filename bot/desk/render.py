"""Turning templates and texts in three languages into pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.accounts import Role
from bot.details.wording import detail_name, shown_value
from bot.language import LANGUAGES
from bot.texts import DESK, read_texts
from bot.tickets.lines import missing_word

FOLDER = Path(__file__).parent.parent / "web" / "desk"
DEFAULT_LANGUAGE = "nl"
"""Of the pages, when a browser asks for none of ours."""
LANGUAGE_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
"""In the order in which the menu shows them."""
ZONE = ZoneInfo("Europe/Brussels")

# Address, name in the texts (`common.nav`), and the role from which it is shown.
_NAVIGATION = (
    ("/desk/", "dashboard", Role.AGENT),
    ("/desk/tickets", "tickets", Role.AGENT),
    ("/desk/conversations", "conversations", Role.AGENT),
    ("/desk/review", "review", Role.EDITOR),
    ("/desk/figures", "figures", Role.AGENT),
    ("/desk/users", "users", Role.ADMIN),
    ("/desk/audit", "audit", Role.ADMIN),
)


class _Environment(Environment):
    """Reads ``t.tickets.clear`` as the text of this name, not as the dictionary's method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Renderer:
    """Fills in templates of `bot/web/desk/`.

    A template gets ``t``, the texts of its language by section, besides its own values.
    """

    def __init__(self) -> None:
        self._texts = {language: read_texts(language, DESK) for language in LANGUAGES}
        self._environment = _templates()

    def render(self, template: str, language: str, **values: Any) -> str:
        """Render a page."""
        return self._environment.get_template(template).render(
            t=self._texts[language], language=language, languages=LANGUAGE_NAMES, **values
        )

    def notice(self, language: str, name: str) -> str:
        """Give a notice by `section.name`; empty when there is none of that name."""
        section, _, name = name.partition(".")
        notices = self._texts[language].get(section, {}).get("notices", {})
        return str(notices.get(name, ""))

    def text(self, language: str, name: str) -> str:
        """Give a text by its dotted name. Raises: KeyError."""
        found: Any = self._texts[language]
        for part in name.split("."):
            found = found[part]
        return str(found)


@cache
def _templates() -> Environment:
    """Read and compile every template now: nobody waits for a file, or for its date, later."""
    environment = _Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "fill": _fill,
        "named": _named,
        "moment": _moment,
        "day": _day,
        "shown": _shown,
        "detail": _detail,
        "word": _word,
    }
    for name in environment.list_templates(extensions=["j2"]):
        environment.get_template(name)
    return environment


def navigation(role: Role) -> list[tuple[str, str]]:
    """Give address and name of the pages that a role may open."""
    return [(path, name) for path, name, needed in _NAVIGATION if role >= needed]


def local(moment: datetime) -> datetime:
    """Give a moment by the clock of the desk, which is in Belgium."""
    return moment.astimezone(ZONE)


def _fill(text: str, **values: object) -> str:
    """Put values in the places of a text; what they hold is escaped like any other text."""
    return text.format(**values)


def _named(values: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pair the values of a choice with what people call them."""
    return [(value, names[value]) for value in values]


def _word(value: str, words: Mapping[str, str]) -> str:
    """Say a value in words; as it is, when there are none: one odd row hides no page."""
    return words.get(value, value)


def _moment(moment: datetime | None) -> str | Markup:
    if moment is None:
        return ""
    shown = f"{local(moment):%d/%m/%Y %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), shown)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@pass_context
def _shown(context: Context, value: str | None, detail: str) -> str:
    """Write a ticket's value as people read it; as it is, when nobody foresaw it."""
    if value is None:
        return missing_word(str(context["language"]))
    try:
        return shown_value(detail, value, context["language"])
    except (LookupError, ValueError):
        return value


@pass_context
def _detail(context: Context, name: str) -> str:
    """Name a ticket's detail, with a capital."""
    words = detail_name(name, context["language"])
    return words[0].upper() + words[1:]
