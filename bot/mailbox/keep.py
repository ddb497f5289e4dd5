"""What stays of a mail beside its ticket: the mail as it came, unless it holds a secret."""

import zlib
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from bot.mailbox.notes import note
from bot.privacy import MASK, mask_secrets
from bot.privacy.attachments import attachment_holds_secret
from bot.triage.mail import Limits, Mail, Quarantined
from bot.triage.read import charset_of, decoded, name_of, parse_mail, text_of

_MAX_SEARCHED_BYTES = 5_000_000
_QUICKLY = 1  # nine tenths of the gain in two thirds of the time


def keep_mail(
    mail: Mail, raw: bytes, language: str, limits: Limits | None = None
) -> tuple[bytes, int]:
    """Give what the journal keeps of a mail, compressed, and its size before that.

    Nothing of one that holds more words than can be searched for secrets: its text is kept
    anyway.
    """
    contents = _contents(raw, limits or Limits())
    if sum(len(content) for content, kind, _ in contents if kind.startswith("text/")) > (
        _MAX_SEARCHED_BYTES
    ):
        return b"", 0
    kept = _without_secrets(mail, language) if _holds_secret(mail, contents) else raw
    return zlib.compress(kept, _QUICKLY), len(kept)


def kept_mail(content: bytes) -> bytes:
    """Read what ``keep_mail`` gave: a message."""
    return zlib.decompress(content)


def kept_words(content: bytes, limits: Limits | None = None) -> Iterator[str]:
    """Give what ``keep_mail`` kept in words: headers, texts and text attachments, decoded.

    Whoever looks for a person in a mail must not miss what base64 or quoted-printable hides.
    """
    raw = kept_mail(content)
    try:
        message, parts = parse_mail(raw, limits or Limits(max_bytes=len(raw)))
    except Quarantined:
        yield raw.decode(errors="replace")
        return
    for name, value in message.items():
        yield f"{name}: {decoded(str(value))}"
    for part in parts:
        yield name_of(part)
        yield text_of(part) if part.get_content_maintype() == "text" else ""


_Content = tuple[bytes, str, str | None]


def _contents(raw: bytes, limits: Limits) -> list[_Content]:
    """Give the content of every part, its type and its charset."""
    contents = []
    for part in parse_mail(raw, limits)[1]:
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes):
            contents.append((content, part.get_content_type(), charset_of(part)))
    return contents


def _holds_secret(mail: Mail, contents: Sequence[_Content]) -> bool:
    if MASK in mail.text:
        # Reading the mail masked what only its subject told to be a secret.
        return True
    names = "\n".join(attachment.name for attachment in mail.attachments)
    if any(mask_secrets(text).kinds for text in (mail.subject, mail.text, names)):
        return True
    return any(attachment_holds_secret(*content) for content in contents)


def _without_secrets(mail: Mail, language: str) -> bytes:
    """Write a message of the same sender with the text that may be kept."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender or "unknown@invalid"
    message["Subject"] = mask_secrets(mail.subject).text
    if mail.date:
        message["Date"] = mail.date
    if mail.message_id:
        message["Message-ID"] = mail.message_id
    text = f"{note('secret_removed', language)}\n\n{mask_secrets(mail.text).text}\n"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()
