"""The documents of the fact base as links."""

from bot.guidance.sources import Source, links, read_sources
from bot.shell.project import read_facts

PAGES = {
    "a": Source("Access", "https://example.be/a", "en"),
    "b": Source("Toegang", "https://example.be/b", "nl"),
    "c": Source("Accès", "https://example.be/c", "fr"),
}


def test_only_documents_on_the_web_can_be_linked() -> None:
    sources = read_sources(read_facts())

    assert "seed_nl" not in sources
    assert sources["w_faq_en"].url.startswith("http")


def test_the_readers_own_language_comes_first_and_two_are_enough() -> None:
    chosen = links(["a", "x", "b", "c"], PAGES, "fr")

    assert [link["url"] for link in chosen] == ["https://example.be/c", "https://example.be/a"]
