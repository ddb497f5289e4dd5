"""Hostile mails whose harm is in the MIME structure: nests, charsets, sizes, attachments."""

import base64
import io
import zipfile

from bench.hostile.kinds import ANY, NO_TICKET, QUARANTINE, SILENT, Attempt, Kind

_MB = 1024 * 1024
_TEXT = b"Hoeveel kost een neerlegging?"
_SECRET = "mijn wachtwoord is Geheim2026! en mijn rijksregisternummer 85.07.30-033.28"
_MIXED = b'Content-Type: multipart/mixed; boundary="x"'
_CHARSETS = (
    "utf-7", "utf-16", "utf-32", "punycode", "idna", "unicode_escape", "raw_unicode_escape",
    "undefined", "zlib", "base64", "rot13", "hz", "iso-2022-jp", "x-unknown", "../../etc",
    "utf-8-sig", "cp65001", "mbcs", "a" * 5_000, "",
)  # fmt: skip


def _part(body: bytes, *headers: bytes, boundary: bytes = b"x") -> bytes:
    return b"--" + boundary + b"\r\n" + b"\r\n".join([*headers, b"", body, b""])


def _attached(one: Attempt, content: bytes, *headers: bytes) -> bytes:
    """Put a file beside a question."""
    file = _part(base64.encodebytes(content), b"Content-Transfer-Encoding: base64", *headers)
    return one.mail(_part(_TEXT) + file + b"--x--", _MIXED)


def _nest(one: Attempt) -> bytes:
    depth = one.size(5_000, least=21)
    opening = (
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1)
        for n in range(depth)
    )
    return one.mail(b"".join(opening), b'Content-Type: multipart/mixed; boundary="b0"')


def _forwarded_nest(one: Attempt) -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\n" * one.size(5_000, least=21)
    return one.mail(inner + b"Subject: x\r\n\r\nx", b"Content-Type: message/rfc822")


def _many_parts(one: Attempt) -> bytes:
    return one.mail(_part(b"x") * one.size(30_000, least=201) + b"--x--", _MIXED)


def _boundaries(one: Attempt) -> bytes:
    broken = (
        (b"Content-Type: multipart/mixed", b"--x\r\n\r\nx\r\n--x--"),
        (b'Content-Type: multipart/mixed; boundary=""', b"--\r\n\r\nx\r\n----"),
        (_MIXED, _part(b"never closed")),
        (_MIXED, _part(_part(b"the same inside"), _MIXED) * 10),
        (b'Content-Type: multipart/mixed; boundary="' + b"b" * 100_000 + b'"', b"x"),
        (b'Content-Type: multipart/mixed; boundary="(a+)+$"', b"--(a+)+$\r\n\r\nx"),
        (b"Content-Type: multipart/mixed; boundary*0=x; boundary*1=y", b"--xy\r\n\r\nx\r\n--xy--"),
        (_MIXED, b"--x" * 200_000),
    )
    header, body = broken[one.number % len(broken)]
    return one.mail(body, header)


def _charset(one: Attempt) -> bytes:
    name = _CHARSETS[one.number % len(_CHARSETS)].encode()
    body = (b"-" + b"aa+AGE-\\u0041\xed\xa0\x80\xff" * 20_000, b"h\0a\0l\0l\0o\0" * 1_000)
    return one.mail(
        body[one.number % 2].replace(b"\0", b"\1"),
        b'Content-Type: text/plain; charset="' + name + b'"',
        subject=b"=?" + name[:60] + b"?q?=41+AGE-=ED=A0=80?=",
    )


def _broken_encoding(one: Attempt) -> bytes:
    encoding = one.one_of(b"base64", b"quoted-printable", b"x-uuencode", b"binary", b"x-gzip64")
    text = one.one_of(b"=", b"=\r\n", b"!!!!", b"begin 644 a\r\n", b"A" * 77) * one.size(100_000)
    return one.mail(text, b"Content-Transfer-Encoding: " + encoding)


def _oversize(one: Attempt) -> bytes:
    return one.mail(b"te groot\r\n" * (26 * _MB // 10))


def _near_the_limit(one: Attempt) -> bytes:
    if one.number == 0:
        return one.mail(b"Hoeveel kost een neerlegging? " * (20 * _MB // 30))
    return _attached(one, bytes(17 * _MB), b"Content-Type: application/pdf; name=a.pdf")


def _zip_bomb(one: Attempt) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            # A ZipInfo has a fixed date: the same seed gives the same bytes.
            archive.writestr(
                zipfile.ZipInfo(f"{number}.xml"), bytes(10 * _MB), zipfile.ZIP_DEFLATED
            )
    name = one.one_of(b"a.zip", b"a.docx", b"a.xbrl", b"a.eml")
    return _attached(one, content.getvalue(), b"Content-Type: application/zip; name=" + name)


def _winmail(one: Attempt) -> bytes:
    kind = one.one_of(b"application/ms-tnef; name=winmail.dat", b"application/octet-stream")
    return _attached(
        one,
        b"\x78\x9f\x3e\x22" + one.chance.randbytes(5_000),
        b"Content-Type: " + kind,
        b"Content-Disposition: attachment; filename=winmail.dat",
    )


def _encrypted(one: Attempt) -> bytes:
    """Sealed with S/MIME or PGP: only people can read it."""
    if one.number % 2:
        kind = b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
        return one.mail(base64.encodebytes(one.chance.randbytes(3_000)), kind)
    sealed = _part(b"Version: 1", b"Content-Type: application/pgp-encrypted")
    kind = b'Content-Type: multipart/encrypted; boundary="x"'
    return one.mail(sealed + _part(b"-----BEGIN PGP MESSAGE-----") + b"--x--", kind)


def _signed(one: Attempt) -> bytes:
    """Readable, with a signature beside the text."""
    kind = one.one_of(b"application/pgp-signature", b"application/pkcs7-signature")
    signature = _part(base64.encodebytes(one.chance.randbytes(900)), b"Content-Type: " + kind)
    outer = b'Content-Type: multipart/signed; protocol="' + kind + b'"; boundary="x"'
    return one.mail(_part(_TEXT) + signature + b"--x--", outer)


def _secret_in_a_file(one: Attempt) -> bytes:
    codec = ("utf-16", "utf-16-le", "utf-8-sig", "utf-7")[one.number % 4]
    return _attached(
        one, _SECRET.encode(codec), b"Content-Type: text/plain; charset=utf-16; name=nota.txt"
    )


def _file_names(one: Attempt) -> bytes:
    names = (
        b"; ".join(b"filename*%d*=x" % n for n in range(20_000)),
        b"filename=../../../etc/passwd",
        b"filename*=utf-8''" + b"%00%0d%0a" * 1_000,
        b'filename="' + b"a" * 500_000 + b'"',
        b"filename*999999999=x",
        b"filename*=unknown-charset'nl'%ff",
    )
    return _attached(one, b"x", b"Content-Disposition: attachment; " + one.one_of(*names))


KINDS = (
    Kind("nest", _nest, 5, ANY),
    Kind("forwarded_nest", _forwarded_nest, 5, ANY),
    Kind("many_parts", _many_parts, 4, ANY),
    Kind("boundaries", _boundaries, 8, ANY),
    Kind("charset", _charset, len(_CHARSETS), NO_TICKET),
    Kind("broken_encoding", _broken_encoding, 5, NO_TICKET),
    Kind("oversize", _oversize, 1, QUARANTINE),
    Kind("near_the_limit", _near_the_limit, 2, ANY),
    Kind("zip_bomb", _zip_bomb, 4, ANY),
    Kind("winmail", _winmail, 2, SILENT),
    Kind("encrypted", _encrypted, 4, SILENT),
    Kind("signed", _signed, 2, ANY),
    Kind("secret_in_a_file", _secret_in_a_file, 4, ANY),
    Kind("file_names", _file_names, 6, ANY),
)
