"""Bytes of all kinds become a mail, or are set aside; nothing raises anything else."""

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage.html import html_to_text
from bot.triage.mail import Limits, Mail, Quarantined
from bot.triage.read import read_mail


def read(raw: bytes, **limits: int) -> Mail:
    return read_mail(raw, html_to_text, Limits(**limits))


def mail(headers: str, body: bytes = b"") -> bytes:
    return headers.strip().replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


def test_a_plain_mail_is_read() -> None:
    read_mail_ = read(
        mail(
            "From: =?utf-8?q?Ren=C3=A9e?= Dupont <Renee@Example.BE>\n"
            "To: Help <Desk@nbb.be>, b@x.be\n"
            "Subject: =?iso-8859-1?Q?=C9cran?= gris\nMessage-ID: <1@x>\n"
            "Date: Tue, 3 Nov 2026 10:12:00 +0100\nContent-Type: text/plain; charset=iso-8859-1",
            "L'écran reste gris".encode("latin-1"),
        )
    )

    assert (read_mail_.sender_name, read_mail_.sender) == ("Renée Dupont", "renee@example.be")
    assert read_mail_.recipients == ("desk@nbb.be", "b@x.be")
    assert (read_mail_.subject, read_mail_.text) == ("Écran gris", "L'écran reste gris")
    assert read_mail_.message_id == "<1@x>"
    assert read_mail_.date is not None
    assert read_mail_.date.utcoffset() is not None


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("utf-8", "fermé €".encode()),
        ("windows-1252", "fermé €".encode("cp1252")),
        ("iso-8859-15", "fermé €".encode("iso-8859-15")),
        ("x-unknown", "fermé €".encode()),
        ("us-ascii", "fermé €".encode("cp1252")),
    ],
)
def test_a_text_is_read_in_its_charset_or_the_likeliest(charset: str, encoded: bytes) -> None:
    assert read(
        mail(f"From: a@x.be\nContent-Type: text/plain; charset={charset}", encoded)
    ).text == ("fermé €")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_are_one_kind(ending: str) -> None:
    assert read(mail("From: a@x.be", f"een{ending}twee".encode())).text == "een\ntwee"


def test_base64_and_bytes_that_are_none() -> None:
    encoded = mail("From: a@x.be\nContent-Transfer-Encoding: base64", base64.b64encode(b"hallo"))
    broken = mail("From: a@x.be\nContent-Transfer-Encoding: base64", b"%%% hallo")

    assert read(encoded).text == "hallo"
    assert isinstance(read(broken).text, str)


def test_html_counts_only_where_there_is_no_plain_text() -> None:
    message = EmailMessage()
    message["From"] = "a@x.be"
    message.set_content("gewone tekst")
    message.add_alternative("<p>opgemaakte tekst</p>", subtype="html")
    only_html = mail(
        "From: a@x.be\nContent-Type: text/html; charset=utf-8",
        "<style>p{}</style><p>Écran&nbsp;gris</p><ul><li>un<li>deux</ul><script>x</script>".encode(),
    )

    assert read(bytes(message)).text.strip() == "gewone tekst"
    text = read(only_html).text
    assert "Écran gris" in text.replace("\u00a0", " ")
    assert "un" in text
    assert "x</script>" not in text
    assert "p{}" not in text


def test_flowed_text_is_joined_and_quotes_are_not() -> None:
    body = b"dit is een \nlange zin.\n> oud \n> citaat\n-- \nAn"
    flowed = mail("From: a@x.be\nContent-Type: text/plain; format=flowed", body)

    assert read(flowed).text == "dit is een lange zin.\n> oud \n> citaat\n-- \nAn"


def test_attachments_are_listed_under_their_own_names() -> None:
    message = EmailMessage()
    message["From"] = "a@x.be"
    message.set_content("zie bijlage")
    message.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", filename="écran gris.pdf"
    )

    (attachment,) = read(bytes(message)).attachments

    assert (attachment.name, attachment.content_type, attachment.size_bytes) == (
        "écran gris.pdf",
        "application/pdf",
        4,
    )


@pytest.mark.parametrize(
    ("content_type", "sealed"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "smime"),
        ('multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x', "encrypted"),
        ("application/ms-tnef; name=winmail.dat", "winmail"),
    ],
)
def test_what_a_machine_cannot_read_is_left_to_people(content_type: str, sealed: str) -> None:
    found = read(mail(f"From: a@x.be\nContent-Type: {content_type}", b"--x\r\n\r\n--x--"))

    assert (found.sealed, found.text) == (sealed, "")


def test_a_mail_without_nearly_everything_is_still_read() -> None:
    found = read(b"Subject: hulp\n\n")

    assert (found.sender, found.message_id, found.date, found.text) == ("", "", None, "")


def test_a_header_cannot_smuggle_in_another_one() -> None:
    found = read(mail("From: a@x.be\nSubject: =?utf-8?q?hulp=0D=0ABcc:_b@x.be?="))

    assert found.subject == "hulp Bcc: b@x.be"


@pytest.mark.parametrize(
    ("raw", "limits", "reason"),
    [
        (b"From: a@x.be\n\n" + b"x" * 2000, {"max_bytes": 1000}, "too_large"),
        (b"", {}, "no_headers"),
        (b"\x00\xff" * 50, {}, "no_headers"),
        (b"".join(b"X-%d: y\n" % n for n in range(2000)) + b"\n", {}, "headers"),
    ],
)
def test_what_exceeds_a_limit_is_set_aside_with_the_reason(
    raw: bytes, limits: dict[str, int], reason: str
) -> None:
    with pytest.raises(Quarantined) as caught:
        read(raw, **limits)

    assert caught.value.reason == reason


def test_a_nesting_bomb_is_set_aside() -> None:
    bomb = b"From: a@x.be\n"
    for depth in range(500):
        bomb += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)

    with pytest.raises(Quarantined, match="nested"):
        read(bomb)


def test_very_many_parts_are_set_aside() -> None:
    parts = b"".join(b"--x\n\npart\n" for _ in range(5000))

    with pytest.raises(Quarantined, match="parts"):
        read(b"From: a@x.be\nContent-Type: multipart/mixed; boundary=x\n\n" + parts)


def read_or_reason(raw: bytes) -> Mail | str:
    try:
        return read(raw)
    except Quarantined as error:
        return error.reason


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_set_aside(raw: bytes) -> None:
    assert read_or_reason(raw)


PIECES = st.sampled_from(
    [
        b"From: ", b"a@x.be", b"\r\n", b"\n", b"Content-Type: ", b"multipart/mixed; boundary=x",
        b"multipart/alternative", b"text/html", b"; charset=", b"utf-7", b"=?utf-8?b?w6k=?=",
        b"=?x?q?", b"--x", b"--x--", b"\xe9\xff", b"Content-Transfer-Encoding: base64", b"=\n",
        b"message/rfc822", b"Subject: ", b"filename*0*=utf-8''%e9", b"; name=", b'"', b"\x00",
        b"Date: 99 Foo", b"Content-Disposition: attachment", b"quoted-printable", b"=C3",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_pile_of_mail_like_pieces_is_read_or_set_aside(pieces: list[bytes]) -> None:
    assert read_or_reason(b"".join(pieces))


@pytest.mark.alone
@pytest.mark.parametrize("filling", [b"a", b"\n", b"<div>", b"=", b"--x\n", b"> ", b"&amp;"])
def test_a_hostile_megabyte_takes_under_four_seconds_in_both_forms(filling: bytes) -> None:
    body = filling * (1_000_000 // len(filling))
    started = time.perf_counter()

    for kind in (b"plain", b"html"):
        assert read_or_reason(b"From: a@x.be\nContent-Type: text/" + kind + b"\n\n" + body)

    assert time.perf_counter() - started < 4
