"""The newest text of a mail: quotes, signature and disclaimer cut off.

One pass over the lines, each matched against patterns without nested repetition, so the
time grows with the size alone. Only understanding uses the cut text; a ticket keeps the
whole mail.
"""

import re

# "On 3 Nov 2026, at 10:12, An Peeters <an@x.be> wrote:" as clients write it in four languages.
# The sentence may be broken over lines, so lines are joined before this is tried.
_WROTE = re.compile(
    r"^(?:>\s*)?(?:on|op|le|am|il|el)\b.{0,200}?"
    r"\b(?:wrote|schreef(?: het volgende)?|a écrit|schrieb)\b[^\n]{0,100}:?\s*$",
    flags=re.IGNORECASE,
)
_WROTE_START = re.compile(r"^(?:on|op|le|am)\b.{0,160}$", flags=re.IGNORECASE)
_WROTE_WORD = re.compile(
    r"\b(?:wrote|schreef|a écrit|schrieb)\b.{0,100}:?\s*$", flags=re.IGNORECASE
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
_RULE = re.compile(r"^[_\-=*]{5,}$")
_PHONE = re.compile(
    r"^(?:sent from|get outlook for|verzonden (?:vanaf|met|via)|verstuurd (?:vanaf|met|via)|"
    r"envoyé (?:de|depuis|à partir)|télécharger outlook|gesendet (?:mit|von)|von meinem)\b.{0,80}$",
    flags=re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:met|m\.)\s?(?:vriendelijke|hartelijke|beste|oprechte)\b|mvg\b|vriendelijke groet|"
    r"hoogachtend|groet(?:en|jes)?\b|bien (?:à vous|cordialement)|cordialement|"
    r"(?:sincères |meilleures )?salutations|"
    r"veuillez (?:agréer|recevoir)|je vous prie d|(?:kind|best|warm) regards|regards\b|"
    r"(?:yours )?(?:sincerely|faithfully|truly)|cheers\b|mit freundlichen|freundliche grüße|mfg\b)",
    flags=re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^(?:disclaimer\b|this (?:e-?mail|message)\b.{0,60}\bconfidential|"
    r"(?:dit|deze) (?:e-?mail|bericht|boodschap)\b.{0,60}\bvertrouwelijk|"
    r"ce (?:message|courriel|mail)\b.{0,60}\bconfidentiel|"
    r"diese (?:e-?mail|nachricht)\b.{0,60}\bvertraulich|"
    r"please consider the environment|denk aan het milieu|pensez à l'environnement)",
    flags=re.IGNORECASE,
)
# A signature is short; a longer text after "Met vriendelijke groeten" is a postscript.
_MAX_SIGNATURE_LINES = 15
_MAX_LINE_CHARS = 500


def newest_text(text: str) -> str:
    """Cut a mail's text to what its sender wrote this time; what stands below goes.

    A mail that holds nothing but a forwarded or quoted text gives that text, since it is
    all there is to understand.
    """
    lines = _lines(text)
    end, is_forward = _end_of_newest(lines)
    own = [line for line in lines[:end] if not line.startswith(">")]
    kept = _without_signature(own)
    if any(line.strip() for line in kept):
        return _joined(kept)
    rest = lines[end:] if is_forward else lines
    body = [re.sub(r"^(?:>\s?)+", "", line) for line in rest if not _is_frame(line)]
    return _joined(_without_signature(body))


def _lines(text: str) -> list[str]:
    """Split into lines without trailing blanks, one empty line in a row at most."""
    lines: list[str] = []
    for line in text.replace("\u00a0", " ").split("\n"):
        bare = line if line == "-- " else line.rstrip()
        if bare or (lines and lines[-1]):
            lines.append(bare)
    return lines


def _end_of_newest(lines: list[str]) -> tuple[int, bool]:
    """Say at which line older text begins, and whether it was forwarded."""
    for number, whole in enumerate(lines):
        line = whole[:_MAX_LINE_CHARS].strip()
        if not line:
            continue
        if _ORIGINAL.match(line):
            return number, bool(_FORWARDED.search(line))
        if _is_header_block(lines, number) or _says_who_wrote(lines, number):
            return number, False
    return len(lines), False


def _is_header_block(lines: list[str], number: int) -> bool:
    if not _FROM_LINE.match(lines[number].strip()):
        return False
    block = [line.strip() for line in lines[number : number + 8]]
    return sum(bool(_HEADER_LINE.match(line)) for line in block) >= _MIN_HEADER_LINES


def _says_who_wrote(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if len(line) > _MAX_LINE_CHARS or not _WROTE_START.match(line[:161]):
        return False
    # Clients break the sentence over up to three lines.
    joined = " ".join(part.strip()[:_MAX_LINE_CHARS] for part in lines[number : number + 3])
    head = next((h for h in (line, joined) if _WROTE_WORD.search(h[:400])), None)
    return head is not None and bool(re.search(r"\d|@", head)) and ":" in head


def _is_frame(line: str) -> bool:
    bare = line.strip()
    return bool(
        _ORIGINAL.match(bare[:_MAX_LINE_CHARS]) or _HEADER_LINE.match(bare) or _RULE.match(bare)
    )


def _without_signature(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for number, whole in enumerate(lines):
        line = whole[:_MAX_LINE_CHARS].strip()
        if not line:
            kept.append("")
            continue
        if whole in {"-- ", "--"} or _PHONE.match(line) or _DISCLAIMER.match(line):
            break
        if _CLOSING.match(line) and kept and _is_signature(lines[number + 1 :]):
            break
        kept.append(whole)
    return kept


def _is_signature(after: list[str]) -> bool:
    """Say whether what follows a closing formula is name and address, no new paragraph."""
    own = [line.strip() for line in after if line.strip()]
    for line in own[:_MAX_SIGNATURE_LINES]:
        if re.match(r"p\.?\s?s\.?\b", line, flags=re.IGNORECASE) or line.endswith("?"):
            return False
    return True


def _joined(lines: list[str]) -> str:
    return "\n".join(_lines("\n".join(lines))).strip()
