"""The review queue: an editor says what misunderstood messages meant."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.accounts import Role
from bot.desk.parts import Parts
from bot.desk.visit import Visit
from bot.language import LANGUAGES
from bot.review import DISMISSED, OUT_OF_SCOPE, REASONS, TOPIC_PREFIX, Entry, Group, group
from bot.review.verdicts import MOVES, intent_called
from bot.storage import SqlReviews

PATH = "/desk/review"
DECIDED, UNDONE, REWORDED = "review_decided", "review_undone", "review_reworded"
_PER_PAGE = 10
# More would be decided on unread; the others come up once these are gone.
_PER_GROUP = 15
_UNDOABLE = 60
_MAX_CHARS = 2000
_MESSAGE = "m-"


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages, guard = _Review(parts), parts.guard
    return [
        guard.get(PATH, Role.EDITOR, pages.show),
        guard.post(PATH, Role.EDITOR, pages.decide),
        guard.post(f"{PATH}/undo", Role.EDITOR, pages.undo),
        guard.get(PATH + r"/{number:\d{1,9}}", Role.EDITOR, pages.show_one),
        guard.post(PATH + r"/{number:\d{1,9}}", Role.EDITOR, pages.decide_one),
    ]


@dataclass(frozen=True)
class _Filter:
    """Which messages are shown."""

    reason: str
    language: str

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "_Filter":
        reason, language = fields.get("reason", ""), fields.get("language", "")
        return cls(reason if reason in REASONS else "", language if language in LANGUAGES else "")

    @property
    def path(self) -> str:
        query = urlencode({k: v for k, v in vars(self).items() if v})
        return f"{PATH}?{query}" if query else PATH


class _Review:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._reviews = SqlReviews(parts.engine, parts.now)

    async def show(self, visit: Visit) -> web.StreamResponse:
        return await self._page(visit, _Filter.read(visit.request.query))

    async def decide(self, visit: Visit) -> web.StreamResponse:
        """Decide on the messages of a group that are ticked."""
        shown = _Filter.read(visit.form)
        verdict, problem = self._verdict(visit)
        ids = list(_ticked(visit.form))
        if not problem and not ids:
            problem = "nothing_ticked"
        if problem:
            return await self._page(visit, shown, problem=problem)
        return await self._decided(visit, ids, verdict, shown.path)

    async def show_one(self, visit: Visit) -> web.StreamResponse:
        return self._one(visit, await self._entry(visit))

    async def decide_one(self, visit: Visit) -> web.StreamResponse:
        """Keep new words of a message, and decide on it unless they are all that was sent."""
        entry = await self._entry(visit)
        text = visit.form.get("text", "").strip()[:_MAX_CHARS]
        language = visit.form.get("of", entry.language)
        is_rewording = visit.form.get("action") == "reword"
        verdict, problem = ("", "") if is_rewording else self._verdict(visit)
        if not text:
            problem = "no_text"
        if problem or language not in LANGUAGES:
            return self._one(visit, entry, text=text, problem=problem or "no_text")
        if (text, language) != (entry.text, entry.language):
            reworded = await asyncio.to_thread(self._reviews.reword, entry.id, text, language)
            if not reworded:
                raise web.HTTPConflict
            await self._note(visit, REWORDED, str(entry.id))
        if is_rewording:
            return visit.redirect(f"{PATH}/{entry.id}", "review.reworded")
        return await self._decided(visit, [entry.id], verdict, PATH)

    async def undo(self, visit: Visit) -> web.StreamResponse:
        """Put the messages of one decision back in the queue."""
        wanted = _numbers(visit.form.get("ids", ""))
        ids = await asyncio.to_thread(self._reviews.undo, wanted)
        if not ids:
            raise web.HTTPConflict
        await self._note(visit, UNDONE, detail=_listed(ids))
        return visit.redirect(_Filter.read(visit.form).path, "review.undone")

    async def _decided(
        self, visit: Visit, ids: Sequence[int], verdict: str, path: str
    ) -> web.StreamResponse:
        decide = self._reviews.decide
        found = await asyncio.to_thread(decide, ids, verdict, visit.member.name)
        if not found:
            raise web.HTTPConflict
        await self._note(visit, DECIDED, verdict, _listed(found))
        return visit.redirect(
            path, "review.dismissed" if verdict == DISMISSED else "review.decided"
        )

    async def _note(self, visit: Visit, action: str, subject: str = "", detail: str = "") -> None:
        await asyncio.to_thread(self._parts.note, visit.member.name, action, subject, detail)

    async def _entry(self, visit: Visit) -> Entry:
        number = int(visit.request.match_info["number"])
        entry = await asyncio.to_thread(self._reviews.find, number)
        if entry is None:
            raise web.HTTPNotFound
        return entry

    async def _page(self, visit: Visit, shown: _Filter, problem: str = "") -> web.StreamResponse:
        groups = await asyncio.to_thread(self._groups, shown)
        last = max(1, -(-len(groups) // _PER_PAGE))
        number = _page_number(visit.request.query.get("page", ""), last)
        link = f"{shown.path}{'&' if '?' in shown.path else '?'}"
        return visit.page(
            "review.html.j2",
            status=422 if problem else 200,
            groups=groups[(number - 1) * _PER_PAGE : number * _PER_PAGE],
            number_of_groups=len(groups),
            number_of_messages=sum(len(found.entries) for found in groups),
            decisions=_decisions(await asyncio.to_thread(self._reviews.decided, limit=_UNDOABLE)),
            shown=shown,
            problem=problem,
            number=number,
            last=last,
            link=link,
            per_group=_PER_GROUP,
            **self._choices(visit),
        )

    def _one(
        self, visit: Visit, entry: Entry, *, text: str | None = None, problem: str = ""
    ) -> web.StreamResponse:
        return visit.page(
            "review_message.html.j2",
            status=422 if problem else 200,
            entry=entry,
            text=entry.text if text is None else text,
            problem=problem,
            max_chars=_MAX_CHARS,
            **self._choices(visit),
        )

    def _groups(self, shown: _Filter) -> list[Group]:
        return group(self._reviews.open_entries(reason=shown.reason, language=shown.language))

    def _verdict(self, visit: Visit) -> tuple[str, str]:
        """Read what was decided: an intent, or what is wrong with the form."""
        action = visit.form.get("action", "")
        if action in {OUT_OF_SCOPE, DISMISSED}:
            return action, ""
        intent = intent_called(visit.form.get("meaning", ""), self._names(visit))
        return intent, "" if intent else "unknown_meaning"

    def _names(self, visit: Visit) -> dict[str, str]:
        """Name every intent in the page's language."""
        moves = {intent: visit.text(f"review.moves.{intent}") for intent in MOVES}
        return {**self._parts.titles.get(visit.language, {}), **moves}

    def _choices(self, visit: Visit) -> dict[str, Any]:
        names = self._names(visit)
        return {
            "names": {
                **names,
                OUT_OF_SCOPE: visit.text("review.out_of_scope_verdict"),
                DISMISSED: visit.text("review.dismissed_verdict"),
            },
            "topic_prefix": TOPIC_PREFIX,
            "choices": sorted(names.values(), key=str.casefold),
            "typed": visit.form.get("meaning", ""),
        }


def _ticked(form: Mapping[str, str]) -> Iterator[int]:
    """Give the messages that are ticked, with those of the same words."""
    for name, value in form.items():
        if name.startswith(_MESSAGE):
            yield from _numbers(value)


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if word.isdecimal() and len(word) < 10]


def _listed(ids: Sequence[int]) -> str:
    return ",".join(str(number) for number in ids)


def _page_number(text: str, last: int) -> int:
    return min(int(text), last) if text.isdecimal() and 0 < len(text) < 10 and int(text) else 1


def _decisions(entries: Sequence[Entry]) -> list[tuple[Entry, int, str]]:
    """Put together what was decided at once: an example, how many, and which."""

    def when(entry: Entry) -> tuple[Any, str, str]:
        return entry.decided_at, entry.decided_by, entry.verdict

    return [
        (found[0], len(found), _listed([entry.id for entry in found]))
        for _, members in groupby(entries, key=when)
        for found in [list(members)]
    ]
