"""What stays of a mail: all of it, or its text without the secret."""

import pytest

from bot.mailbox.keep import keep_mail, kept_mail
from bot.triage.html import html_to_text
from bot.triage.read import read_mail
from tests.mailbox.fakes import plain, read_message, write_mail

PASSWORD = "mijn wachtwoord is Zomer2026!"


def kept(raw: bytes, language: str = "nl") -> bytes:
    return kept_mail(keep_mail(read_mail(raw, html_to_text), raw, language)[0])


def with_attachment(text: str, content: bytes, name: str, subtype: str) -> bytes:
    message = read_message(write_mail(text))
    maintype = "text" if subtype in {"plain", "html"} else "application"
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()


def test_a_mail_is_kept_byte_for_byte() -> None:
    raw = with_attachment("Zie bijlage.", b"%PDF-1.7 \x00\xff", "rekening.pdf", "pdf")

    assert kept(raw) == raw


@pytest.mark.parametrize(
    "raw",
    [
        write_mail(PASSWORD),
        write_mail("hallo", subject=PASSWORD),
        with_attachment("hallo", PASSWORD.encode(), "notitie.txt", "plain"),
        with_attachment("hallo", b"<b>mijn wachtwoord:</b> Zomer2026!", "x.html", "html"),
    ],
    ids=["text", "subject", "attached text", "attached page"],
)
def test_a_mail_with_a_secret_is_not(raw: bytes) -> None:
    copy = kept(raw)

    assert b"Zomer2026" not in copy
    message = read_message(copy)
    assert "niet bewaard" in plain(message)
    assert message["From"] == "an@firma.example"
    assert list(message.iter_attachments()) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "niet bewaard"), ("fr", "n’a conservé"), ("en", "kept neither"), ("", "kept neither")],
)
def test_the_copy_says_why_in_the_language_of_the_mail(language: str, words: str) -> None:
    text = " ".join(plain(read_message(kept(write_mail(PASSWORD), language))).split())

    assert words in text
    assert "[***]" in text
