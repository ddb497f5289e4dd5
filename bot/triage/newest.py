"""The newest text of a mail: quotes, signature and disclaimer cut off.

One pass over the lines, each matched against patterns without nested repetition, so the
time grows with the size alone. Only understanding uses the cut text; a ticket keeps the
whole mail.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from bot.details.labels import named_detail
from bot.triage.entries import entries
from bot.triage.signature import without_signature
from bot.triage.wraps import unwrapped

# "On 3 Nov 2026, at 10:12, An Peeters <an@x.be> wrote:" as clients write it in four languages.
# The sentence may be broken over lines.
_WROTE_START = re.compile(r"^(?:on|op|le|am)\b.{0,160}$", flags=re.IGNORECASE)
_WROTE_WORD = re.compile(
    r"\b(?:wrote|schreef|geschreven|a écrit|schrieb)\b.{0,100}:?\s{0,9}$", flags=re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"^\W{0,12}(?:original message|oorspronkelijk bericht|message (?:d'origine|original)|"
    r"ursprüngliche nachricht|forwarded message|doorgestuurd bericht|message transféré|"
    r"weitergeleitete nachricht|begin forwarded message|begin doorgestuurd bericht|"
    r"début du message (?:réexpédié|transféré))\W{0,12}$",
    flags=re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"forward|doorgestuurd|transféré|réexpédié|weitergeleitet", flags=re.IGNORECASE
)
# Outlook writes a block of headers without any mark before it.
_HEADER_LINE = re.compile(
    r"^\*?(?:from|van|de|von|sent|verzonden|envoyé|gesendet|to|aan|à|an|subject|onderwerp|objet|"
    r"betreff|date|datum|cc)\s?\*?\s?:",
    flags=re.IGNORECASE,
)
_FROM_LINE = re.compile(r"^\*?(?:from|van|de|von)\s?\*?\s?:", flags=re.IGNORECASE)
_MIN_HEADER_LINES = 3
_QUOTE_MARKS = re.compile(r"^(?:>\s?){1,99}")
_WROTE = re.compile(r"wrote|schreef|schreven|écrit|schrieb", flags=re.IGNORECASE)
_DIGIT_OR_AT = re.compile(r"[\d@]")
_RULE = re.compile(r"^[_\-=*]{5,500}$")
_MAX_LINE_CHARS = 500
_MAX_QUESTION_WORDS = 15
# A book has as many; nobody writes more to a helpdesk, and a hostile mail ends here.
_MAX_LINES = 20_000


def newest_text(text: str, sender_name: str = "", *, as_form: bool = False) -> str:
    """Cut a mail's text to what its sender wrote this time; what stands below goes.

    A mail that holds nothing but a forwarded or quoted text gives that text, since it is
    all there is to understand. ``sender_name``: a line with it begins the signature.
    ``as_form``: an answer below a quoted question for a detail becomes a line of a form.
    """
    lines = _lines(text)
    end, is_forward = _end_of_newest(lines)
    own = _own_lines(lines[:end])
    # A line of a form is no signature, though it stands below "Mvg".
    written = [_answer(line, above) if as_form else line for line, above in own]
    kept = without_signature(written, sender_name)
    if any(line.strip() for line in kept):
        return _joined(kept)
    rest = lines[end:] if is_forward else lines
    body = [_QUOTE_MARKS.sub("", line) for line in rest if not _is_frame(line)]
    return _joined(without_signature(body))


def forwarded_text(text: str) -> str:
    """Give the message below the newest text, without its own headers, quotes and signature."""
    lines = _lines(text)
    who_wrote = (n for n in range(len(lines)) if _says_who_wrote(lines, n))
    end = min(_end_of_newest(lines)[0], next(who_wrote, len(lines)))
    below = lines[end:]
    while below and (not below[0].strip() or _is_frame(below[0])):
        below.pop(0)
    return newest_text("\n".join(below))


def _own_lines(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Give the lines that are not quoted, each with the quoted line right above it, if any."""
    above, who_wrote = "", 0
    for number, line in enumerate(lines):
        if line.startswith(">"):
            above = _QUOTE_MARKS.sub("", line).strip() or above
        elif number < who_wrote:
            continue
        elif _introduces_quote(lines, number):
            who_wrote = number + _lines_of_who_wrote(lines, number)
        else:
            yield line, above
            above = above if not line else ""


def _answer(line: str, question: str) -> str:
    """Put the detail that a quoted line asks for before the answer below it.

    What a short line asks for is a question without its mark as well: "3. The model".
    """
    is_asked = question.endswith(("?", ":")) or len(question.split()) <= _MAX_QUESTION_WORDS
    is_answer = is_asked and bool(line) and len(line) <= _MAX_LINE_CHARS and not entries(line)
    detail = named_detail(question[-_MAX_LINE_CHARS:]) if is_answer else None
    return line if detail is None else f"{detail.replace('_', ' ')}: {line}"


def _introduces_quote(lines: list[str], number: int) -> bool:
    """Say whether a line tells who wrote the quote below it: what is not quoted there is new."""
    if not _says_who_wrote(lines, number):
        return False
    below = number + _lines_of_who_wrote(lines, number)
    return any(line.startswith(">") for line in lines[below : below + 2])


def _lines_of_who_wrote(lines: list[str], number: int) -> int:
    ends = [n for n, line in enumerate(lines[number : number + 3], 1) if line.endswith(":")]
    return ends[0] if ends else 1


def _lines(text: str) -> list[str]:
    """Split into lines without trailing blanks, one empty line in a row at most."""
    lines: list[str] = []
    for line in text.replace("\u00a0", " ").split("\n"):
        bare = line if line == "-- " else line.rstrip()
        if bare or (lines and lines[-1]):
            lines.append(bare)
        if len(lines) == _MAX_LINES:
            break
    return lines


def _end_of_newest(lines: list[str]) -> tuple[int, bool]:
    """Say at which line older text begins, and whether it was forwarded."""
    for number, whole in enumerate(lines):
        line = whole[:_MAX_LINE_CHARS].strip()
        if not line:
            continue
        if _ORIGINAL.match(line):
            return number, bool(_FORWARDED.search(line))
        if _is_header_block(lines, number):
            return number, False
        if _says_who_wrote(lines, number) and not _introduces_quote(lines, number):
            return number, False
    return len(lines), False


def _is_header_block(lines: list[str], number: int) -> bool:
    if not _FROM_LINE.match(lines[number].strip()):
        return False
    block = [line.strip() for line in lines[number : number + 8]]
    return sum(bool(_HEADER_LINE.match(line)) for line in block) >= _MIN_HEADER_LINES


def _says_who_wrote(lines: list[str], number: int) -> bool:
    # The cheap sign first: a hostile mail has a hundred thousand lines to look at.
    if not any(":" in part for part in lines[number : number + 3]):
        return False
    if not _WROTE_START.match(lines[number].strip()[:161]):
        return False
    # Clients break the sentence over up to three lines, never over an empty one.
    parts = [part.strip()[:_MAX_LINE_CHARS] for part in lines[number : number + 3]]
    parts = list(takewhile(bool, parts))
    joined = " ".join(parts)
    if not _WROTE.search(joined):
        return False
    if _is_head(parts[0]):
        return True
    # "Le reste suit." above "Le lundi 3 mars, Desk a écrit :" is no part of that.
    return not any(map(_is_head, parts[1:])) and _is_head(joined)


def _is_head(line: str) -> bool:
    if ":" not in line or not _DIGIT_OR_AT.search(line):
        return False
    head = line[: _MAX_LINE_CHARS - 100]
    return bool(_WROTE_START.match(line[:161]) and _WROTE_WORD.search(head))


def _is_frame(line: str) -> bool:
    bare = line.strip()
    return bool(
        _ORIGINAL.match(bare[:_MAX_LINE_CHARS]) or _HEADER_LINE.match(bare) or _RULE.match(bare)
    )


def _joined(lines: list[str]) -> str:
    return "\n".join(_lines("\n".join(unwrapped(lines)))).strip()
