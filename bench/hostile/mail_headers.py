"""Hostile mails whose harm is in the headers: long, many, nested, twice, or not there."""

from bench.hostile.kinds import ANY, Attempt, Kind

_MB = 1_000_000
_PLAIN = b"Content-Type: text/plain; charset=utf-8"
_TEXT = b"Hoeveel kost een neerlegging?"


def _quadratic_parameter(one: Attempt) -> bytes:
    # CPython looks for the end of a quoted parameter from each semicolon on (gh-136063).
    return one.mail(_TEXT, b'Content-Type: text/plain; a="' + b";" * one.size(_MB))


def _quadratic_disposition(one: Attempt) -> bytes:
    name = b'Content-Disposition: attachment; filename="' + b";" * one.size(300_000)
    return one.mail(_TEXT, _PLAIN, name)


def _parameters(one: Attempt) -> bytes:
    pieces = one.one_of(b";", b"; a=b", b"; a*1*=x''y", b'; "')
    return one.mail(_TEXT, b"Content-Type: text/plain" + pieces * one.size(200_000))


def _many_headers(one: Attempt) -> bytes:
    return one.mail(_TEXT, *(b"X-%d: %d" % (n, n) for n in range(one.size(60_000))))


def _long_address_list(one: Attempt) -> bytes:
    addresses = b",\r\n ".join(b"a%d@b.example" % n for n in range(one.size(100_000)))
    return one.mail(_TEXT, one.one_of(b"Cc: ", b"Reply-To: ", b"Resent-To: ") + addresses)


def _many_address_headers(one: Attempt) -> bytes:
    piece = one.one_of(b"a,", b'"', b"(", b"<", b"a@b ", b"\\")
    line = b"Cc: " + (piece * 9_900)[:9_900]
    return one.mail(_TEXT, *[line] * max(900 - one.number * 50, 100))


def _encoded_words(one: Attempt) -> bytes:
    word = one.one_of(b"=?utf-8?q?a?= ", b"=?utf-8?b?YQ==?= ", b"=?x?q?=41?=", b"=? ?= ")
    lines = [b"X-A: " + word * 700] * one.size(900, least=10)
    return one.mail(_TEXT, *lines, subject=word * one.size(50_000))


def _long_header(one: Attempt) -> bytes:
    letter = one.one_of(b"a", b" ", b"@", b"1", b"[cybo-", b"CYB-2026-", b"Re: ")
    return one.mail(_TEXT, subject=letter * one.size(_MB // len(letter)))


def _folded_header(one: Attempt) -> bytes:
    return one.mail(_TEXT, subject=b"x" + b"\r\n x" * one.size(200_000))


def _received_loop(one: Attempt) -> bytes:
    hop = b"Received: from a.example by b.example; Sat, 28 Nov 2026 10:00:00 +0100"
    return one.mail(_TEXT, *[hop] * one.size(900, least=40))


def _references(one: Attempt) -> bytes:
    name = one.one_of(b"References: ", b"In-Reply-To: ")
    piece = one.one_of(b"<cybo.aaaaaaaa.bbbbbbbb.", b"<a@b> ", b"<", b"a")
    return one.mail(_TEXT, name + piece * one.size(_MB // len(piece)))


def _nested_comments(one: Attempt) -> bytes:
    depth = one.size(100_000)
    name = one.one_of(b"Cc: ", b"Date: ", b"Auto-Submitted: ", b"Sender: ")
    return one.mail(_TEXT, name + b"(" * depth + b"a" + b")" * depth)


def _odd_dates(one: Attempt) -> bytes:
    dates = (
        b"Date: Sat, 99 Foo 99999999999999999999 99:99:99 +9999",
        b"Date: " + b"1" * 10_000,
        b"Date: Sat, 28 Nov 0000 10:00:00 +0000",
        b"Date: Sat, 28 Nov 2026 10:00:00 +" + b"9" * 5_000,
    )
    return one.mail(_TEXT, one.one_of(*dates))


def _twice(one: Attempt) -> bytes:
    second = (
        b"Subject: another\r\nSubject: third",
        b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=x",
        b"Date: Sat, 28 Nov 2026 11:00:00 +0100",
        b"Message-ID: <second@evil.example>",
        b"To: Somebody <somebody@else.example>",
        b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit",
    )
    return one.mail(_TEXT, one.one_of(*second))


def _missing(one: Attempt) -> bytes:
    whole = one.mail(_TEXT)
    without = (b"From:", b"Date:", b"To:", b"Message-ID:", b"MIME-Version:", b"Subject:")
    gone = one.one_of(*without)
    return b"\r\n".join(line for line in whole.split(b"\r\n") if not line.startswith(gone))


def _not_a_mail(one: Attempt) -> bytes:
    return one.one_of(
        b"\r\n",
        b"no header at all, " * 100,
        b": nameless\r\n\r\ntext\r\n",
        b"\r\n\r\n\r\n",
        one.chance.randbytes(10_000).replace(b"\0", b"\1"),
        b"From nobody Sat Nov 28 10:00:00 2026\r\n\r\n",
    )


def _control_characters(one: Attempt) -> bytes:
    odd = one.one_of(b"\x00", b"\x1b[2J", b"\x08" * 50, b"\x7f", b"\x0c", b"\xff\xfe")
    return one.mail(_TEXT + odd * 200, b"X-Odd: " + odd, subject=b"Vraag " + odd)


def _bare_line_ends(one: Attempt) -> bytes:
    ending = one.one_of(b"\r", b"\n", b"\r\r\n", b"\n\r", b"\x0b", b"\xc2\x85")
    return one.mail(_TEXT + ending + b"Kan dat?" + ending + b"." + ending + b"MAIL FROM:<a@b>")


KINDS = (
    Kind("quadratic_parameter", _quadratic_parameter, 6, ANY),
    Kind("quadratic_disposition", _quadratic_disposition, 3, ANY),
    Kind("parameters", _parameters, 4, ANY),
    Kind("many_headers", _many_headers, 4, ANY),
    Kind("long_address_list", _long_address_list, 3, ANY),
    Kind("many_address_headers", _many_address_headers, 6, ANY),
    Kind("encoded_words", _encoded_words, 4, ANY),
    Kind("long_header", _long_header, 7, ANY),
    Kind("folded_header", _folded_header, 3, ANY),
    Kind("received_loop", _received_loop, 2, ANY),
    Kind("references", _references, 4, ANY),
    Kind("nested_comments", _nested_comments, 4, ANY),
    Kind("odd_dates", _odd_dates, 4, ANY),
    Kind("twice", _twice, 6, ANY),
    Kind("missing", _missing, 6, ANY),
    Kind("not_a_mail", _not_a_mail, 6, ANY),
    Kind("control_characters", _control_characters, 6, ANY),
    Kind("bare_line_ends", _bare_line_ends, 6, ANY),
)
