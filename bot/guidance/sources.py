"""Where answers come from: the documents of the fact base as links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Answers rest on up to nine documents; the reader wants the best two in the own language.
_MAX_LINKS = 2


@dataclass(frozen=True)
class Source:
    """A document on the web."""

    title: str
    url: str
    language: str


def read_sources(facts: Mapping[str, Any]) -> dict[str, Source]:
    """Gather the fact base's documents that have an address on the web, by their id."""
    return {
        name: Source(source["title"], source["address"], source.get("lang", ""))
        for name, source in facts["sources"].items()
        if str(source["address"]).startswith(("http://", "https://"))
    }


def links(
    names: Sequence[str], sources: Mapping[str, Source], language: str
) -> list[dict[str, str]]:
    """Give the sources of an answer as links, those in the reader's language first."""
    known = [sources[name] for name in names if name in sources]
    known.sort(key=lambda source: source.language != language)
    return [
        {"title": source.title, "url": source.url, "language": source.language}
        for source in known[:_MAX_LINKS]
    ]
