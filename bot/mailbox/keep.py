"""What stays of a mail beside its ticket: the mail as it came, unless it holds a secret."""

import re
import zlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, compat32

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.privacy import MASK, mask_secrets
from bot.triage.mail import Mail

_NOTICE = {
    "en": "[The original held a password, PIN code or national register number. It was not "
    "kept, nor were its attachments. This is its text without it.]",
    "fr": "[L’original contenait un mot de passe, un code PIN ou un numéro de registre national. "
    "Il n’a pas été conservé, ses annexes non plus. Voici son texte, sans cette donnée.]",
    "nl": "[Het origineel bevatte een wachtwoord, een pincode of een rijksregisternummer. Het is "
    "niet bewaard, de bijlagen evenmin. Dit is de tekst zonder dat gegeven.]",
}
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MAX_SEARCHED_CHARS = 1_000_000


def keep_mail(mail: Mail, raw: bytes, language: str) -> bytes:
    """Give what the journal keeps of a mail, compressed."""
    kept = _without_secrets(mail, language) if _holds_secret(mail, raw) else raw
    return zlib.compress(kept)


def kept_mail(content: bytes) -> bytes:
    """Read what ``keep_mail`` gave: a message."""
    return zlib.decompress(content)


def _holds_secret(mail: Mail, raw: bytes) -> bool:
    if MASK in mail.text:
        # Reading the mail masked what only its subject told to be a secret.
        return True
    names = "\n".join(attachment.name for attachment in mail.attachments)
    texts = (mail.subject, mail.text, names, *_texts(raw))
    return any(mask_secrets(text).kinds for text in texts)


def _texts(raw: bytes) -> Iterator[str]:
    """Give every part that is text, attachments and forwarded mails among them."""
    room = _MAX_SEARCHED_CHARS
    for part in BytesParser(policy=compat32).parsebytes(raw).walk():
        content = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
        if isinstance(content, bytes) and room > 0:
            # Whatever the charset: secrets and the words that announce them are mostly ASCII.
            text = content[:room].decode("utf-8", errors="replace")
            room -= len(text)
            yield _TAG.sub(" ", text) if part.get_content_subtype() == "html" else text


def _without_secrets(mail: Mail, language: str) -> bytes:
    """Write a message of the same sender with the text that may be kept."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender or "unknown@invalid"
    message["Subject"] = mask_secrets(mail.subject).text
    if mail.date:
        message["Date"] = mail.date
    if mail.message_id:
        message["Message-ID"] = mail.message_id
    notice = _NOTICE[language if language in LANGUAGES else DEFAULT_LANGUAGE]
    text = f"{notice}\n\n{mask_secrets(mail.text).text}\n"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()
