"""The answer to a mail, as a polite Belgian letter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.details import CERTIFICATE_DETAILS, FILING_DETAILS
from bot.details.wording import colon, detail_name, filing_name
from bot.privacy import mask_secrets
from bot.texts import texts
from bot.tickets.lines import certificate_lines, filing_lines
from bot.triage.automatic import LOOP_HEADER
from bot.triage.mail import Mail
from bot.triage.request import Request
from bot.triage.threads import without_tag

_PREFIX = re.compile(
    r"^(?:\s{0,9}(?:re|antw|aw|tr|rv|fwd?|wg|doorst|auto)\s?(?:\[\d{1,4}\])?\s?:){1,50}\s{0,9}",
    flags=re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_][^\d@<>{}\n]{1,60}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_MAX_SUBJECT_CHARS = 150
_MAX_REFERENCES = 20

_WORDS = texts("letter")


@dataclass(frozen=True)
class Letter:
    """An answer, ready to be sent or kept as a draft. ``language``: of the text."""

    subject: str
    headers: Mapping[str, str]
    text: str
    language: str


@dataclass(frozen=True)
class Content:
    """What an answer has to say.

    ``answers``: one text a question. ``held_secret``: the mail held one. ``request``: what was
    understood, when the mail is about one. ``refusals``: why stated values could not be used.
    ``reference``: of the ticket, once there is one, with its ``code``. ``is_added``: the ticket
    was there, the request was added to it. ``is_draft``: a person will send it. ``is_customs``:
    the customs helpdesk answers for all that was asked.
    """

    answers: Sequence[str] = ()
    held_secret: bool = False
    request: Request | None = None
    refusals: Sequence[str] = ()
    reference: str = ""
    code: str = ""
    is_added: bool = False
    is_draft: bool = False
    is_customs: bool = False


@dataclass(frozen=True)
class Office:
    """How people reach the Contact Center."""

    email: str
    phone: str


def write_letter(
    mail: Mail, language: str, office: Office, content: Content, *, tag: str = ""
) -> Letter:
    """Write the answer to ``mail``. ``tag``: by which its subject names the thread."""
    words = _WORDS[language]
    person = words["person_customs" if content.is_customs else "person"]
    opening = words["draft" if content.is_draft else "automatic"]
    warnings = [words["held_secret"]] if content.held_secret else []
    paragraphs = [_greeting(mail, words), opening, *warnings, *content.answers]
    if content.request is not None:
        paragraphs += _about_request(content.request, content.refusals, language)
    if content.reference:
        paragraphs.append(_about_ticket(content, words))
    paragraphs += [
        person.format(email=office.email, phone=office.phone),
        words["secrets"],
        f"{words['closing']}\nCybo\n{words['office']}",
    ]
    text = "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph.strip())
    headers = _headers(mail, language, is_draft=content.is_draft)
    return Letter(_subject(mail, tag), headers, text + "\n", language)


def without_notice(text: str) -> str:
    """Take out who prepared a draft, which people delete before they send; squeezes blanks."""
    squeezed = " ".join(text.split())
    for words in _WORDS.values():
        squeezed = squeezed.replace(words["draft"], "")
    return squeezed


def _greeting(mail: Mail, words: Mapping[str, str]) -> str:
    # A firm's name or a bare address is nobody to greet.
    name = mask_secrets(mail.sender_name).text.strip("'\" ")
    is_person = _PERSON.fullmatch(name) and " " in name
    return words["greeting"].format(name=name) if is_person else words["greeting_unknown"]


def _about_request(request: Request, refusals: Sequence[str], language: str) -> list[str]:
    words = _WORDS[language]
    paragraphs = []
    known = _known(request, language)
    if known:
        paragraphs.append(f"{words['request']}\n\n{known}")
    if refusals:
        paragraphs.append(words["invalid"] + "\n\n" + "\n".join(f"- {r}" for r in refusals))
    form = _form(request, language)
    paragraphs.append(f"{words['missing']}\n\n{form}" if form else words["complete"])
    return paragraphs


def _about_ticket(content: Content, words: Mapping[str, str]) -> str:
    if content.is_added:
        return words["added"].format(reference=content.reference)
    code = words["code"].format(code=content.code) if content.code else ""
    return f"{words['reference'].format(reference=content.reference)} {code}"


def _known(request: Request, language: str) -> str:
    blocks = []
    for number, filing in enumerate(request.filings, start=1):
        lines = [filing_name(number, language)] if len(request.filings) > 1 else []
        blocks.append("\n".join([*lines, *filing_lines(filing, language)]))
    blocks.append("\n".join(certificate_lines(request.certificate, language)))
    return "\n\n".join(block for block in blocks if block)


def _form(request: Request, language: str) -> str:
    """Write a line to fill in for each missing detail, filing by filing."""
    blocks = []
    for number, filing in enumerate(request.filings or ({},), start=1):
        missing = [name for name in FILING_DETAILS if name not in filing]
        head = [filing_name(number, language)] if len(request.filings) > 1 and missing else []
        blocks.append("\n".join([*head, *(_blank(name, language) for name in missing)]))
    blocks.append(
        "\n".join(
            _blank(name, language)
            for name in CERTIFICATE_DETAILS
            if name not in request.certificate
        )
    )
    return "\n\n".join(block for block in blocks if block)


def _blank(name: str, language: str) -> str:
    words = detail_name(name, language)
    return f"{words[0].upper()}{words[1:]}{colon(language)}"


def _subject(mail: Mail, tag: str) -> str:
    bare = _PREFIX.sub("", " ".join(without_tag(mask_secrets(mail.subject).text).split()))
    return " ".join(filter(None, ("Re:", bare.strip()[:_MAX_SUBJECT_CHARS], tag)))


def _headers(mail: Mail, language: str, *, is_draft: bool) -> dict[str, str]:
    """Give the headers by which no machine answers back (RFC 3834 §3.1) and threads hold."""
    # What a person sends is no automatic mail; the other headers still stop a loop.
    headers = {} if is_draft else {"Auto-Submitted": "auto-replied"}
    headers |= {
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER.title(): "1",
        "Content-Language": language,
    }
    if mail.message_id:
        earlier = _MESSAGE_ID.findall(mail.header("references"))[-_MAX_REFERENCES:]
        headers["In-Reply-To"] = mail.message_id
        headers["References"] = " ".join([*earlier, mail.message_id])
    return headers
