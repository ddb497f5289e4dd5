"""The help page and the widget, as the gateway serves them."""

import json
from html.parser import HTMLParser

import pytest

from bot.language import LANGUAGES
from bot.texts import texts
from tests.channels.conftest import Serve

PAGES = ("/", "/help.css")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/", "text/html"), ("/help.css", "text/css"), ("/widget/cybo.js", "text/javascript")],
)
async def test_a_page_is_served_as_what_it_is(serve: Serve, path: str, content_type: str) -> None:
    client = await serve()

    response = await client.get(path)

    assert (response.status, response.content_type) == (200, content_type)
    assert response.charset == "utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
async def test_our_own_pages_let_no_foreign_code_in(serve: Serve, path: str) -> None:
    client = await serve()

    headers = (await client.get(path)).headers

    policy = dict(
        directive.strip().split(" ", maxsplit=1)
        for directive in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_pages_of_other_sites_may_load_the_widget(serve: Serve) -> None:
    client = await serve()

    headers = (await client.get("/widget/cybo.js")).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_the_widget_weighs_at_most_25_kb_compressed(serve: Serve) -> None:
    client = await serve()

    response = await client.get("/widget/cybo.js", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert 5_000 < int(response.headers["Content-Length"]) <= 25_000


async def test_a_browser_that_has_the_widget_is_told_that_nothing_changed(serve: Serve) -> None:
    client = await serve()
    etag = (await client.get("/widget/cybo.js")).headers["ETag"]

    response = await client.get("/widget/cybo.js", headers={"If-None-Match": etag})

    assert (response.status, await response.read()) == (304, b"")


async def test_the_widget_knows_the_contact_center_without_asking(serve: Serve) -> None:
    client = await serve(contact_email="desk@example.be", contact_phone="02 123 45 67")

    source = await (await client.get("/widget/cybo.js")).text()

    assert 'const CONTACT = {"email": "desk@example.be", "phone": "02 123 45 67"};' in source


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_widget_says_what_translators_wrote(serve: Serve, language: str) -> None:
    client = await serve()

    source = await (await client.get("/widget/cybo.js")).text()

    (line,) = (line for line in source.splitlines() if line.startswith("const TEXTS = "))
    said = json.loads(line.removeprefix("const TEXTS = ").removesuffix(";"))
    assert said[language] == texts("widget")[language]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_speaks_the_language_asked_for(serve: Serve, language: str) -> None:
    client = await serve()

    by_link = await (await client.get(f"/?lang={language}")).text()
    by_browser = await (
        await client.get("/", headers={"Accept-Language": f"de, {language};q=0.5"})
    ).text()

    assert by_link == by_browser
    assert f'<html lang="{language}">' in by_link
    assert f'data-lang="{language}"' in by_link


async def test_without_javascript_the_page_gives_the_contact_center(serve: Serve) -> None:
    client = await serve(contact_email="desk@example.be")

    page = await (await client.get("/?lang=fr")).text()

    inside = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "mailto:desk@example.be" in inside
    assert "JavaScript" in inside


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


async def test_the_page_obeys_its_own_policy(serve: Serve) -> None:
    """Inline code and style would be blocked, so that the page would stand there dead."""
    client = await serve()
    parser = _Tags()

    parser.feed(await (await client.get("/")).text())

    for tag, attributes in parser.tags:
        assert tag not in {"style", "base", "iframe"}
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        for link in (attributes.get("src"), attributes.get("href")):
            assert link is None or link.startswith(("/", "mailto:", "tel:"))
        if tag == "script":
            assert attributes.get("src")


async def test_the_widget_shows_messages_as_text_never_as_markup(serve: Serve) -> None:
    client = await serve()

    script = await (await client.get("/widget/cybo.js")).text()

    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert danger not in script
