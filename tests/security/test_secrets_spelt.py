"""Secrets are found however they are typed, and only secrets."""

import pytest

from bot.privacy import MASK, attachment_holds_secret, mask_secrets, promises_secret
from bot.understanding.text import clean

# 85.07.30-033.28 passes the check of the national register.
DASHES = ["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\ufe63", "\uff0d"]


@pytest.mark.parametrize("dash", DASHES)
@pytest.mark.parametrize("text", ["85.07.30{}033.28", "ik ben 85 07 30 {} 033 28, dank u"])
def test_a_register_number_is_masked_with_any_dash(text: str, dash: str) -> None:
    masked = mask_secrets(text.format(dash))

    assert masked.kinds == {"national_number"}
    assert "033" not in masked.text


@pytest.mark.parametrize(
    "text",
    [
        "8 5 0 7 3 0 0 3 3 2 8",
        "8-5-0-7-3-0-0-3-3-2-8",
        "８５.０７.３０-０３３.２８",
        "٨٥٠٧٣٠٠٣٣٢٨",
        "𝟖𝟓𝟎𝟕𝟑𝟎𝟎𝟑𝟑𝟐𝟖",
        "85\u00a007\u00a030\u2009033\u202f28",
        "850730 033 28",
        "8507 3003 328",
        "85/07/30 - 033/28",
        "rijksregisternummer: 85.07.30–033.29",
        "registre national 8 5 0 7 3 0 0 3 3 2 9",
        "national register number\n85.07.30-033.29",
        "NISS 85.07.30 ‑ 033.29.",
    ],
)
def test_a_register_number_is_masked_in_any_spelling(text: str) -> None:
    masked = mask_secrets(clean(text))

    assert masked.kinds == {"national_number"}
    assert not any(character.isdigit() for character in masked.text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("paswoord van isabel = Zon12345", f"paswoord van isabel = {MASK}"),
        ("Kennwort: Geheim2026", f"Kennwort: {MASK}"),
        ("ｗａｃｈｔｗｏｏｒｄ： Geheim2026", f"ｗａｃｈｔｗｏｏｒｄ： {MASK}"),
        ("w8woord: abc12345", f"w8woord: {MASK}"),
        ("p@ssword: abc12345", f"p@ssword: {MASK}"),
        ("isabelwachtwoord: abc12345", f"isabelwachtwoord: {MASK}"),
        ("wachtwoord: vier losse woorden hier", f"wachtwoord: {MASK}"),
        ("Wachtwoordzin: correct paard batterij niet", f"Wachtwoordzin: {MASK}"),
        ("mot de passe : quatre mots sans chiffre. Merci", f"mot de passe : {MASK}. Merci"),
        ("passphrase: correct horse battery staple\nthanks", f"passphrase: {MASK}\nthanks"),
        ("inloggegevens: jan Geheim2026!", f"inloggegevens: {MASK}!"),
        ("le code de ma carte est 4711", f"le code de ma carte est {MASK}"),
        ("pin：４７１１", f"pin：{MASK}"),
        ("Wachtwoord\nGeheim2026!", f"Wachtwoord\n{MASK}"),
    ],
)
def test_a_password_is_masked_in_any_spelling(text: str, kept: str) -> None:
    masked = mask_secrets(text)

    assert masked.text == kept


@pytest.mark.parametrize(
    "text",
    [
        "ondernemingsnummer 0403.170.701",
        "０４０３.１７０.７０１",
        "BE 0403–170–701, afgesloten op 31–12–2022",
        "BE68 5390 0754 7034",
        "FR76 3000 6000 0112 3456 7890 189",
        "+32 475 12 34 56",
        "0032 2 221 30 01",
        "02 221 30 01 of 0475/12.34.56",
        "4A:7F:02:85:07:30:03:32:28",
        "4A5B6C7D8E85073003328F",
        "certificaatnummer 0123456789012345",
        "CYB-2026-000123-8",
        "De pincode werkt niet sinds 12.12.2022",
        "Wachtwoord vergeten: wat nu?",
        "Hoe wijzig ik mijn wachtwoord van Isabel op 31/12/2022?",
        "mon mot de passe est oublié",
        "my password was rejected",
    ],
)
def test_numbers_and_complaints_are_no_secrets(text: str) -> None:
    masked = mask_secrets(text)

    assert (masked.text, masked.kinds) == (text, frozenset())


ANNOUNCEMENTS = [
    "hier is mijn wachtwoord",
    "Hier is mijn wachtwoord van Isabel:",
    "dit is mijn pincode",
    "mijn wachtwoord is",
    "voici mon mot de passe",
    "Voilà mon code PIN :",
    "mon mot de passe est :",
    "here is my password",
    "here's my PIN.",
    "my password is:",
    "ik geef je mijn rijksregisternummer",
]


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
def test_a_message_may_promise_a_secret(announcement: str) -> None:
    assert promises_secret(announcement)


@pytest.mark.parametrize(
    "text",
    [
        "hallo",
        "mijn wachtwoord is vergeten",
        "ik ben mijn wachtwoord kwijt",
        "Wat is mijn wachtwoord?",
        "hier is mijn certificaat",
        "voici mon problème : mot de passe oublié",
        "my password is hunter2x",
        "",
    ],
)
def test_other_messages_promise_none(text: str) -> None:
    assert not promises_secret(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Geheim2026!", MASK),
        ("soleil", MASK),
        ("4711", MASK),
        ("4 7 1 1", MASK),
        ("correct horse battery staple", MASK),
        ("het is Geheim2026!", f"het is {MASK}"),
        ("nee, toch niet", "nee, toch niet"),
        ("ok", "ok"),
        ("wacht even, ik zoek het op", "wacht even, ik zoek het op"),
        ("Werkt het nu?", "Werkt het nu?"),
        ("merci", "merci"),
    ],
)
def test_a_bare_value_is_a_secret_after_a_promise(text: str, kept: str) -> None:
    assert mask_secrets(text, announced=True).text == kept


@pytest.mark.parametrize("text", ["Geheim2026!", "soleil", "4711", "correct horse battery staple"])
def test_a_bare_value_is_none_without_a_promise(text: str) -> None:
    assert mask_secrets(text).text == text


SECRET = "Beste,\nmijn wachtwoord is Geheim2026!\nDank"


@pytest.mark.parametrize(
    ("content", "content_type", "charset"),
    [
        (SECRET.encode("utf-8"), "text/plain", None),
        (SECRET.encode("utf-16"), "text/plain", "utf-8"),
        (SECRET.encode("utf-16-le"), "text/plain", None),
        (SECRET.encode("utf-16-be"), "text/csv", "us-ascii"),
        (SECRET.encode("utf-32"), "text/plain", None),
        (SECRET.encode("utf-8-sig"), "TEXT/PLAIN", "utf-8"),
        ("numéro national : 85.07.30–033.29".encode("windows-1252"), "text/plain", "windows-1252"),
        ("registre national : 85.07.30–033.28".encode("utf-16"), "text/csv", None),
        (b"<p>wacht<b>woord</b>: Ge<i>heim</i>2026!</p>", "text/html", "utf-8"),
        (b"wachtwoord&#58;&nbsp;Geheim&#50;026!", "text/html", None),
        (b"<tr><td>Wachtwoord</td><td>Geheim2026</td></tr>", "text/html", None),
        (b"<!-- wachtwoord: Geheim2026! -->", "text/html", None),
        ("<p>85.07.30&ndash;033.<!-- x -->28</p>".encode("utf-16"), "text/html", None),
        (b"wachtwoord: Geheim2026!", "text/plain", "punycode"),
        (b"wachtwoord: Geheim2026!", "text/plain", "no-such-charset"),
        (b'{"password": "Geheim2026!"}', "application/json", None),
        (b"x " * 1_100_000, "text/plain", None),
    ],
)
def test_an_attachment_is_read_as_people_read_it(
    content: bytes, content_type: str, charset: str | None
) -> None:
    assert attachment_holds_secret(content, content_type, charset)


@pytest.mark.parametrize(
    ("content", "content_type", "charset"),
    [
        (b"", "text/plain", None),
        ("Ondernemingsnummer 0403.170.701".encode("utf-16"), "text/plain", None),
        (b"<p>wachtwoord vergeten</p>", "text/html", None),
        (b"&#999999999999;", "text/html", None),
        (b"\x89PNG wachtwoord: Geheim2026!", "image/png", None),
    ],
)
def test_an_attachment_without_a_secret_may_be_kept(
    content: bytes, content_type: str, charset: str | None
) -> None:
    assert not attachment_holds_secret(content, content_type, charset)


@pytest.mark.parametrize("reference", ["CYB-2026-000034-6", "cyb 2026 000034 6"])
def test_the_reference_of_a_ticket_is_no_register_number(reference: str) -> None:
    text = f"status {reference} J9PF-3WDB"

    assert mask_secrets(text).text == text
