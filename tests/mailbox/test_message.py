"""The message that leaves: headers, plain text, HTML."""

from datetime import datetime, timezone

from inscriptis import get_text
from lxml import html

from bot.mailbox.message import Envelope, build_message, to_html
from bot.triage.letter import Letter
from tests.mailbox.fakes import plain, read_message

TEXT = (
    "Geachte mevrouw, geachte heer,\n\nEen <b>eerste</b> regel & meer:\n\n- één\n- twee\n\n"
    "1. open https://login.example.be/x?a=1&b=2.\n2. mail naar desk@balans.example\n\n"
    "Met vriendelijke groeten,\nCybo\n"
)
ENVELOPE = Envelope(
    "desk@balans.example",
    "an@firma.example",
    "<cybo.x@balans.example>",
    datetime(2026, 11, 24, tzinfo=timezone.utc),
)


def letter(**changes: object) -> Letter:
    known = {
        "subject": "Re: Hulp bij élève",
        "headers": {"Auto-Submitted": "auto-replied", "Content-Language": "nl"},
        "text": TEXT,
        "language": "nl",
    }
    return Letter(**{**known, **changes})  # type: ignore[arg-type]


def test_text_comes_first_and_html_says_the_same() -> None:
    message = read_message(build_message(letter(), ENVELOPE))

    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert plain(message) == TEXT
    page = message.get_body(("html",))
    assert page
    words = get_text(page.get_content()).split()
    assert [w for w in TEXT.split() if w not in {"-", "1.", "2."}] == [
        word for word in words if word not in {"*", "1.", "2."}
    ]


def test_the_headers_are_whole() -> None:
    raw = build_message(letter(), ENVELOPE)
    message = read_message(raw)

    assert message["Message-ID"] == "<cybo.x@balans.example>"
    assert message["To"] == "an@firma.example"
    assert message["Subject"] == "Re: Hulp bij élève"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Content-Language"] == "nl"
    assert message["MIME-Version"] == "1.0"
    assert "Balanscentrale" in message["From"]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_value_cannot_become_two_headers() -> None:
    raw = build_message(letter(subject="Re: x\r\nBcc: eve@kwaad.example"), ENVELOPE)

    assert read_message(raw)["Bcc"] is None


def test_many_references_are_folded() -> None:
    references = " ".join(f"<{'x' * 60}{n}@firma.example>" for n in range(20))

    raw = build_message(letter(headers={"References": references}), ENVELOPE)

    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert read_message(raw)["References"].split() == references.split()


def test_the_page_is_accessible_and_loads_nothing() -> None:
    page = html.fromstring(to_html(TEXT, "nl", "Re: <x>"))

    assert page.get("lang") == "nl"
    assert page.findtext(".//title") == "Re: <x>"
    assert [item.text for item in page.findall(".//ul/li")] == ["één", "twee"]
    assert [a.get("href") for a in page.findall(".//a")] == [
        "https://login.example.be/x?a=1&b=2",
        "mailto:desk@balans.example",
    ]
    assert len(page.findall(".//ol/li")) == 2
    assert not page.xpath("//img|//script|//style|//link|//@style|//@onclick")
    assert not page.findall(".//b"), "what a text holds stays text"


def test_steps_go_on_counting_after_the_hosts_between_them() -> None:
    text = "1. Vraag dit:\n\n- a.example\n- b.example\n\n2. Kijk na:\n3. Probeer.\n- a\n- b"

    page = html.fromstring(to_html(text, "nl", "x"))

    lists = [(one.tag, one.get("start"), len(one)) for one in page.xpath("//ol | //ul")]
    assert lists == [("ol", "1", 1), ("ul", None, 2), ("ol", "2", 2), ("ul", None, 2)]
