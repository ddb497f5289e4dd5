"""Hostile mails whose harm is in the text: long runs, deep tables, thousands of questions."""

import base64
import string

from bench.hostile.kinds import NO_TICKET, Attempt, Kind

_MB = 1_000_000
_PLAIN = b"Content-Type: text/plain; charset=utf-8"
_HTML = b"Content-Type: text/html; charset=utf-8"
_QUESTIONS = {
    "en": "How much does a filing cost? Which browser do I need? What is IDAAS? ",
    "fr": "Combien coûte un dépôt ? Quel navigateur faut-il ? Qu'est-ce qu'IDAAS ? ",
    "nl": "Hoeveel kost een neerlegging? Welke browser heb ik nodig? Wat is IDAAS? ",
}
_RUNS = (
    "a", " ", "1", "@", ".", "-", '"', ">", "_", "/", ":", "=", "\t", "\u00a0", "\u200b",
    "a.", "a@", "1.", "a-", " ,", ". ", "x\n", ">\n", "\n", "http://", "CYB-", "é", "[***]",
)  # fmt: skip


def _run(one: Attempt) -> bytes:
    """One character, or two in turn, over and over inside a sentence."""
    piece = _RUNS[one.number % len(_RUNS)]
    # Long enough to stop a quadratic pattern, and one short enough to only slow it down.
    length = 200_000 if one.number < len(_RUNS) else 4_000
    return one.mail(f"Beste, kan dat x{piece * (length // len(piece))}y? Dank u.".encode(), _PLAIN)


def _long_line(one: Attempt) -> bytes:
    return one.mail(b"Waarom lukt het niet? " * (one.size(_MB, least=998) // 22), _PLAIN)


def _base64_line(one: Attempt) -> bytes:
    blob = base64.b64encode(one.chance.randbytes(one.size(_MB, least=24_000)))
    return one.mail(b"Bonjour\r\n" + blob + b"\r\nmerci", _PLAIN)


def _padded_columns(one: Attempt) -> bytes:
    row = b"Naam" + b" " * one.size(40_000, least=900) + b"Bedrag"
    return one.mail(b"Beste. " + row + b". Kan dat?", _PLAIN)


def _markup(one: Attempt) -> bytes:
    """HTML that is short to write and long to lay out."""
    pages = (
        "<table><tr>" + "<td>a" * 190_000,
        "<table><tr><td>" * 60_000,
        "<div>" * 190_000,
        "<blockquote>" * 80_000 + "x",
        "<ul><li>" * 100_000,
        "<table>" + "<tr><td>a" * 100_000,
        "<table>" + ("<tr>" + "<td>a" * 400) * 450,
        "<table><tr><td>" + "a" * 100_000 + "<tr><td>b" * 90_000,
        "<b>" * 300_000 + "x",
        "<table><tr><td colspan=99999 rowspan=99999>x" * 5_000,
        "<pre>" + " " * 900_000 + "x",
    )
    return one.mail(pages[one.number % len(pages)].encode(), _HTML)


def _entities(one: Attempt) -> bytes:
    entity = one.one_of(b"&amp;", b"&#0;", b"&#x110000;", b"&nbsp;", b"&" + b"a" * 5_000)
    return one.mail(b"<p>" + entity * one.size(180_000), _HTML)


def _hidden_markup(one: Attempt) -> bytes:
    opening = one.one_of(
        b"<style>", b"<!--", b"<script>", b"<a href='", b"<![CDATA[", b"<img alt='"
    )
    return one.mail(b"<p>Hoe?</p>" + opening + b"a{b:c}" * one.size(_MB // 6), _HTML)


def _many_questions(one: Attempt) -> bytes:
    text = list(_QUESTIONS.values())[one.number % len(_QUESTIONS)]
    return one.mail((text * max(100, one.size(3_000))).encode(), _PLAIN)


def _many_references(one: Attempt) -> bytes:
    letters = "2346789BCDFGHJKMPQRTVWXY"
    codes = ("".join(one.chance.choices(letters, k=6)) for _ in range(1_000))
    lines = (f"CYB-2026-{n:06}-{n % 10} code {code}" for n, code in enumerate(codes, 1))
    return one.mail(("Hoe staat het met mijn aanvraag?\n" + "\n".join(lines)).encode(), _PLAIN)


def _many_words(one: Attempt) -> bytes:
    letters = string.ascii_lowercase
    words = ("".join(one.chance.choices(letters, k=9)) for _ in range(one.size(40_000, 4_200)))
    return one.mail(" ".join(words).encode(), _PLAIN)


def _labels(one: Attempt) -> bytes:
    line = one.one_of(
        b"Ondernemingsnummer:\n",
        b"On 3 Nov 2026, at 10:12, Cybo <desk@balans.example> wrote:\n",
        b"-----Original Message-----\nFrom: a\nSent: b\nTo: c\nSubject: d\n",
        b"Met vriendelijke groeten\n",
        b"Beste,\n",
        b"| a | b | c |\n",
        b"Date de cl\xc3\xb4ture : ",
        b"wachtwoord is ",
        b"> " * 40 + b"x\n",
    )
    return one.mail(line * (one.size(400_000, least=100_000) // len(line)), _PLAIN)


def _many_values(one: Attempt) -> bytes:
    value = one.one_of(
        b"0403.170.701 ", b"31/12/2022 ", b"a@b.example ", b"https://a.example/b?c=d ",
        b"85.07.30-033.28 ", b"4A:7F:02 ", b"02 221 30 01 ", b"EUR 1.000,00 ",
    )  # fmt: skip
    return one.mail(value * (300_000 // len(value)), _PLAIN)


def _odd_letters(one: Attempt) -> bytes:
    letters = (
        "e" + "\u0301" * 5_000,
        "\u202e\u2066" * 5_000 + "neerlegging",
        "\u200b\ufeff\u2060".join("grijs scherm") * 500,
        "👨‍👩‍👧‍👦" * 5_000,
        "ｗａｃｈｔｗｏｏｒｄ　" * 2_000,
        "ﷺ" * 5_000,
        "İI\u0130ıß" * 5_000,
        "\U000e0001\U000e0020" * 5_000,
    )
    return one.mail(letters[one.number % len(letters)].encode(), _PLAIN)


def _flowed(one: Attempt) -> bytes:
    kind = b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes"
    return one.mail(one.one_of(b"a \r\n", b" \r\n", b"> a \r\n") * one.size(300_000), kind)


KINDS = (
    Kind("run", _run, len(_RUNS) + 12, NO_TICKET),
    Kind("long_line", _long_line, 5, NO_TICKET),
    Kind("base64_line", _base64_line, 4, NO_TICKET),
    Kind("padded_columns", _padded_columns, 4, NO_TICKET),
    Kind("markup", _markup, 11, NO_TICKET),
    Kind("entities", _entities, 5, NO_TICKET),
    Kind("hidden_markup", _hidden_markup, 6, NO_TICKET),
    Kind("many_questions", _many_questions, 6, NO_TICKET),
    Kind("many_references", _many_references, 3, NO_TICKET),
    Kind("many_words", _many_words, 3, NO_TICKET),
    Kind("labels", _labels, 9, NO_TICKET),
    Kind("many_values", _many_values, 8, NO_TICKET),
    Kind("odd_letters", _odd_letters, 8, NO_TICKET),
    Kind("flowed", _flowed, 3, NO_TICKET),
)
