"""The desk's figures: what the counters of a period say, as charts, tables and CSV."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from markupsafe import Markup

from bot.accounts import Role
from bot.desk.parts import Parts
from bot.desk.visit import Visit
from bot.figures import CONVERSATION, LONGER, MAIL, OPEN_TOPIC, THUMB, TICKET, TOPIC, TURN, Count
from bot.figures.charts import MOST_SERIES, Chart, bars, columns, swatch
from bot.figures.summary import (
    MAX_DAYS,
    OTHER,
    OUTCOMES,
    Period,
    Series,
    as_csv,
    durations,
    over_time,
    top,
    totals,
)
from bot.language import LANGUAGES
from bot.review import TOPIC_PREFIX
from bot.storage import SqlCounters

PATH = "/desk/figures"
_DAYS = (7, 30, 90)
_DEFAULT_DAYS = 30
# What is shown over time: the name in the texts, what is counted, what is told apart.
_OVER_TIME = (
    ("conversations", CONVERSATION, ()),
    ("messages", TURN, OUTCOMES),
    ("tickets", TICKET, ()),
    ("mails", MAIL, ()),
    ("thumbs", THUMB, ("up", "down")),
)


def routes(parts: Parts) -> list[web.RouteDef]:
    """List the routes."""
    pages, guard = _Figures(parts), parts.guard
    return [
        guard.get(PATH, Role.AGENT, pages.show),
        guard.get(f"{PATH}.csv", Role.AGENT, pages.download),
    ]


@dataclass(frozen=True)
class _Choice:
    """Which figures are shown. ``days``: 0 for a period of the visitor's own."""

    period: Period
    days: int
    language: str
    is_wrong: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], today: date) -> "_Choice":
        language = query.get("language", "")
        language = language if language in LANGUAGES else ""
        first, last = query.get("from", ""), query.get("to", "")
        if not first and not last:
            days = next((d for d in _DAYS if str(d) == query.get("days")), _DEFAULT_DAYS)
            return cls(Period.latest(days, today), days, language)
        try:
            period = Period(date.fromisoformat(first), date.fromisoformat(last))
        except ValueError:
            period = None
        if period is None or not 0 < period.days <= MAX_DAYS:
            return cls(Period.latest(_DEFAULT_DAYS, today), _DEFAULT_DAYS, language, is_wrong=True)
        return cls(period, 0, language)


@dataclass(frozen=True)
class _Shown:
    """One chart with its table. ``legend``: mark and words of each series."""

    name: str
    svg: Markup
    legend: Sequence[tuple[Markup, str]]
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[object]]]


class _Figures:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counters = SqlCounters(parts.engine)

    async def show(self, visit: Visit) -> web.StreamResponse:
        choice, counts = await self._read(visit)
        page = _Page(visit, choice.period, self._parts.titles.get(visit.language, {}))
        spoken = [code for code in LANGUAGES if any(c.language == code for c in counts)]
        return visit.page(
            "figures.html.j2",
            choice=choice,
            choices=_DAYS,
            totals=totals(counts) if counts else None,
            charts=page.charts(counts),
            by_language=[
                (code, totals([c for c in counts if c.language == code])) for code in spoken
            ],
            outcomes=OUTCOMES,
            bucket=page.bucket,
        )

    async def download(self, visit: Visit) -> web.StreamResponse:
        choice, counts = await self._read(visit)
        name = f"cybo-{choice.period.first}-{choice.period.last}.csv"
        # A mark by which spreadsheets know the letters for UTF-8.
        return visit.download(f"\ufeff{as_csv(counts)}".encode(), "text/csv", name)

    async def _read(self, visit: Visit) -> tuple[_Choice, list[Count]]:
        choice = _Choice.read(visit.request.query, self._parts.now().date())
        period = choice.period
        counts = await asyncio.to_thread(self._counters.between, period.first, period.last)
        return choice, [c for c in counts if choice.language in ("", c.language)]


class _Page:
    """Draws the charts in the language of a visit. ``titles``: of the topics."""

    def __init__(self, visit: Visit, period: Period, titles: Mapping[str, str]) -> None:
        self._visit = visit
        self._stretches = period.stretches()
        self._titles = titles

    def charts(self, counts: Sequence[Count]) -> list[_Shown]:
        """Draw every chart that has something to show."""
        shown = []
        for name, counted, keys in _OVER_TIME:
            series = over_time(counts, counted, self._stretches, keys)
            if any(one.total for one in series):
                shown.append(self._columns(name, series))
        timed = [(self.bucket(name), number) for name, number in durations(counts)]
        for name, rows in (
            ("durations", timed),
            ("topics", [(self._topic(k), n) for k, n in top(counts, TOPIC)]),
            ("open_topics", [(self._topic(k), n) for k, n in top(counts, OPEN_TOPIC)]),
        ):
            if any(number for _, number in rows):
                shown.append(self._bars(name, rows))
        return shown

    def bucket(self, name: str | None) -> str:
        """Write a bucket of durations; a dash for none."""
        if name is None:
            return "–"
        key = "longer" if name == LONGER else "up_to"
        return self._text(key).format(ms=name)

    def _columns(self, name: str, series: Sequence[Series]) -> _Shown:
        series = _fewer(series)
        words = [self._key(name, one.key) for one in series]
        labels = [f"{stretch.first:%d/%m}" for stretch in self._stretches]
        drawn = [(w, one.values) for w, one in zip(words, series, strict=True)]
        said = "; ".join(f"{w}: {one.total}" for w, one in zip(words, series, strict=True))
        rows = [
            (self._when(stretch), [one.values[row] for one in series])
            for row, stretch in enumerate(self._stretches)
        ]
        rows.append((self._text("total"), [one.total for one in series]))
        return _Shown(
            name,
            Markup(columns(self._chart(name, said), labels, drawn)),  # noqa: S704 (it escapes)
            [(Markup(swatch(_ident(name), n)), w) for n, w in enumerate(words)],  # noqa: S704
            [self._text("day"), *words],
            rows,
        )

    def _bars(self, name: str, rows: Sequence[tuple[str, int]]) -> _Shown:
        said = "; ".join(f"{words}: {number}" for words, number in rows)
        svg = Markup(bars(self._chart(name, said), rows))  # noqa: S704 (it escapes)
        headings = [self._text(f"{name}_heading"), self._text("number")]
        return _Shown(name, svg, [], headings, [(words, [number]) for words, number in rows])

    def _chart(self, name: str, said: str) -> Chart:
        return Chart(_ident(name), self._text(f"titles.{name}"), said)

    def _when(self, stretch: Period) -> str:
        first, last = f"{stretch.first:%d/%m/%Y}", f"{stretch.last:%d/%m/%Y}"
        return first if stretch.days == 1 else f"{first} – {last}"

    def _topic(self, key: str) -> str:
        return self._titles.get(f"{TOPIC_PREFIX}{key}") or self._key("messages", key)

    def _key(self, name: str, key: str) -> str:
        try:
            return self._text(f"keys.{name}.{key}")
        except KeyError:
            return key

    def _text(self, name: str) -> str:
        return self._visit.text(f"figures.{name}")


def _ident(name: str) -> str:
    return f"chart-{name.replace('_', '-')}"


def _fewer(series: Sequence[Series]) -> list[Series]:
    """Put together what there are no patterns left for."""
    kept = list(series)
    if len(kept) <= MOST_SERIES:
        return kept
    rest = zip(*(one.values for one in kept[MOST_SERIES - 1 :]), strict=True)
    return [*kept[: MOST_SERIES - 1], Series(OTHER, tuple(map(sum, rest)))]
