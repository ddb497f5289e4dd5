"""Where the words of a mail end: closing formulas, names, footers of phones and disclaimers."""

import re

from bot.details import DETAILS
from bot.details.labels import named_detail
from bot.triage.salutation import without_salutation
from bot.understanding.text import fold

_PHONE = re.compile(
    r"^(?:sent from|get outlook for|verzonden (?:vanaf|met|via)|verstuurd (?:vanaf|met|via)|"
    r"envoyé (?:de|depuis|à partir)|télécharger outlook|gesendet (?:mit|von)|von meinem)\b.{0,80}$",
    flags=re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:met|m\.)\s?(?:vriendelijke|hartelijke|beste|oprechte|beleefde|collegiale)\b|mvg\b|"
    r"(?:vriendelijke|hartelijke|sportieve|beste) groet|hoogachtend|groet(?:en|jes)?\b|"
    r"bien (?:à vous|cordialement)|b[àa]v\b|(?:bien )?cordialement|"
    r"bonne (?:fin de )?(?:journée|soirée)\W{0,20}$|"
    r"(?:sincères |meilleures )?salutations|veuillez (?:agréer|recevoir)|"
    r"je vous prie d|je vous remercie (?:d['’]avance|par avance|déjà)\b|"
    r"en vous remerciant\b|(?:kind|best|warm) regards|regards\b|best\W{0,20}$|"
    r"(?:yours )?(?:sincerely|faithfully|truly)|cheers\b|mit freundlichen|freundliche grüße|mfg\b)",
    flags=re.IGNORECASE,
)
# A line that thanks and does nothing else; "merci de me dire comment" asks.
_THANKS = re.compile(
    r"(?:(?:alvast|hartelijk|oprecht|nogmaals|veel|met|bij voorbaat)\s{1,9}){0,3}"
    r"(?:bedankt|dank|dank u|dank u wel|dank je|dank je wel|dankjewel)"
    r"(?:\s(?:alvast|bij voorbaat|op voorhand))?"
    r"(?:\svoor\s(?:uw|je|jullie|de)\s[^.?!,]{1,40})?\W{0,20}"
    r"|(?:(?:d['’]avance|par avance|déjà|un grand|un tout grand)\s)?merci"
    r"(?:\s(?:d['’]avance|par avance|beaucoup|bien|déjà)){0,2}"
    r"(?:\s(?:pour|de)\s(?:votre|vos)\s[^.?!,]{1,40})?\W{0,20}"
    r"|(?:many\s|with\s)?(?:thanks|thank you)(?:\s(?:very much|so much|in advance)){0,2}"
    r"(?:\sfor\syour\s[^.?!,]{1,40})?\W{0,20}"
    r"|(?:vielen\s|herzlichen\s|besten\s)?danke?(?:\sim voraus)?\W{0,20}",
    flags=re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"p\.?\s?s\.?\b", flags=re.IGNORECASE)
_DISCLAIMER = re.compile(
    r"^(?:disclaimer\b|this (?:e-?mail|message)\b.{0,60}\bconfidential|"
    r"(?:dit|deze) (?:e-?mail|bericht|boodschap)\b.{0,60}\bvertrouwelijk|"
    r"ce (?:message|courriel|mail)\b.{0,60}\bconfidentiel|"
    r"diese (?:e-?mail|nachricht)\b.{0,60}\bvertraulich|"
    r"please consider the environment|denk aan het milieu|pensez à l'environnement)",
    flags=re.IGNORECASE,
)
# A signature names its firm's number and address, but no closing date and no certificate.
_FORM_DETAILS = frozenset(DETAILS) - {
    "enterprise_number",
    "certificate_email",
    "certificate_owner",
}
# A signature is short; a longer text after "Met vriendelijke groeten" is a postscript.
_MAX_SIGNATURE_LINES = 15
_MAX_SALUTATION_LINES = 5
_MAX_LINE_CHARS = 500


def without_signature(lines: list[str], sender_name: str = "") -> list[str]:
    """Give the lines before the signature. ``sender_name``: as the From header spells it."""
    kept: list[str] = []
    for number, whole in enumerate(lines):
        line = whole[:_MAX_LINE_CHARS].strip()
        if not line:
            kept.append("")
            continue
        if whole in {"-- ", "--"} or _PHONE.match(line) or _DISCLAIMER.match(line):
            break
        if _begins_signature(line, kept, sender_name) and _is_signature(lines, number + 1):
            break
        kept.append(whole)
    return kept


def _begins_signature(line: str, kept: list[str], sender_name: str) -> bool:
    if _CLOSING.match(line):
        return bool(kept)
    if not (_THANKS.fullmatch(line) or _is_name(line, sender_name)):
        return False
    # Thanks may be all there is to say, and a name may head a letter.
    return bool(without_salutation("\n".join(kept[:_MAX_SALUTATION_LINES])).strip())


def _is_name(line: str, sender_name: str) -> bool:
    """Say whether a line is the sender's full name, which closes a letter by itself."""
    is_alike = len(line) <= len(sender_name) + 2  # a comma and a full stop
    return is_alike and " " in sender_name and fold(line).strip(" ,.") == fold(sender_name)


def _is_signature(lines: list[str], start: int) -> bool:
    """Say whether what follows is name and address: no new paragraph, no form below it."""
    seen = 0
    for line in map(str.strip, lines[start : start + 2 * _MAX_SIGNATURE_LINES]):
        if _POSTSCRIPT.match(line) or line.endswith("?"):
            return False
        label, colon, _ = line[:_MAX_LINE_CHARS].partition(":")
        if colon and named_detail(label) in _FORM_DETAILS:
            return False
        seen += bool(line)
        if seen == _MAX_SIGNATURE_LINES:
            break
    return True
