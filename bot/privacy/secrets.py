"""Finding passwords, PIN codes and national register numbers in a text.

National register number: eleven digits, yymmdd-nnn-cc, where cc is 97 minus the first
nine digits modulo 97 (with a 2 before them for people born since 2000). Its use is
reserved by the act of 8 August 1983, article 8. Enterprise numbers have ten digits
and stay untouched.
"""

import re
from dataclasses import dataclass

from stdnum.be import bis, nn

MASK = "[***]"
"""What stands in a stored message where a secret stood."""

_NATIONAL_NUMBER = re.compile(
    r"(?<!\d)\d{2}[.\s/-]?\d{2}[.\s/-]?\d{2}[.\s/-]{0,3}\d{3}[.\s/-]?\d{2}(?!\d)"
)
# Announced by its name, an eleven-digit number is a secret even when its check digits
# are mistyped: most of the real number still stands there.
_ANNOUNCED_NATIONAL_NUMBER = re.compile(
    r"(?i)(?:rijksregister\w*|insz|registre national|niss|\brr\b|\bnn\b|"
    r"(?:num[eé]ro|n°|nationaal)\s+(?:national|nummer)|n(?:ational|at\.?)\s+(?:register|id|number)\w*)"
    r"[^\d\n]{0,25}(\d[\d.\s/-]{8,16}\d)"
)
_PIN = re.compile(
    r"(?i)\b(?:pin|puk|passcode|itsme[\s-]?code)(?:[\s-]?code|[\s-]?nummer|[\s-]?number)?\b"
    r"[^\d\n]{0,25}?(?<![\d.])(\d(?:\s?\d){3,7})(?!\d|\.\d)"
    r"|\bcode\s+(?:pin|puk|secret|confidentiel)\b[^\d\n]{0,25}?(?<![\d.])(\d{4,8})(?!\d|\.\d)"
    r"|\b(?:geheime code|toegangscode|secret code)\b[^\d\n]{0,20}?(?<![\d.])(\d{4,8})(?!\d|\.\d)"
)
_LOGIN_WORD = (
    r"(?:wachtwoord|paswoord|password|passwort|passphrase|mot\s+de\s+passe|mdp|pwd|pw|ww|pass)"
)
_AFTERWARDS = r"\s+(?:is|was|als|est|comme|as|are)\s+(?:(?:mijn|mon|my|de|le|the|het)\s+)?"
_PIN_AFTER = re.compile(
    rf"(?i)(?<![\d.])(\d(?:\s?\d){{3,7}})(?!\d|\.\d){_AFTERWARDS}(?:code\s+)?(?:pin|puk)"
)
_PASSWORD_AFTER = re.compile(rf"(?i)(?P<secret>\S{{4,}}){_AFTERWARDS}{_LOGIN_WORD}\b")
_PASSWORD = re.compile(
    rf"(?i)\b{_LOGIN_WORD}\b(?:\s+\w+){{0,3}}?[\s,]*"
    r"(?P<mark>[:=]|c['’]est\b|\bis\b|\bin\b|\best\b|\bwas\b|\bwordt\b|\bvan\b|->)\s*[\"'«“]?\s*(?P<secret>[^\s\"'»”]{4,})"
)
_BARE_PASSWORD = re.compile(
    rf"(?i)\b{_LOGIN_WORD}\b\s+(?P<secret>(?=\S*\d)(?=\S*[^\W\d_])[^\s\"'»”]{{6,}})"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", flags=re.DOTALL
)


_YEAR = re.compile(r"(?:19|20)\d\d")
_SINCE = re.compile(
    r"(?i)\b(?:sinds|since|depuis|in|en|van|from|de|vanaf|dès|before|voor|avant)\s*$"
)
# What follows "mijn wachtwoord is" when somebody has trouble with it, and gives nothing away.
_COMPLAINTS = frozenset(
    """
    afgelopen anders fout foutief geblokkeerd geweigerd gewijzigd juist kwijt leeg niet onbekend
    ongeldig onjuist veranderd vergeten verlopen verkeerd vervallen weg correct bloque bloqué change
    changé correct expire expiré faux incorrect invalide oublie oublié perdu perime périmé refuse
    refusé trop vide blocked changed correct empty expired forgotten gone incorrect invalid lost
    refused rejected reset right unknown wrong accepted working itsme nodig nécessaire required
    """.split()
)


@dataclass(frozen=True)
class Masked:
    """A text without its secrets, and the kinds that were taken out."""

    text: str
    kinds: frozenset[str]


def mask_secrets(text: str) -> Masked:
    """Replace every secret in ``text`` by ``MASK``.

    Kinds: ``national_number``, ``password``, ``pin``, ``private_key``.
    """
    kinds: set[str] = set()
    text = _replace(_PRIVATE_KEY, text, "private_key", kinds)
    text = _replace(_ANNOUNCED_NATIONAL_NUMBER, text, "national_number", kinds)
    text = _replace(_NATIONAL_NUMBER, text, "national_number", kinds)
    text = _replace(_PIN, text, "pin", kinds)
    text = _replace(_PIN_AFTER, text, "pin", kinds)
    text = _replace(_PASSWORD, text, "password", kinds)
    text = _replace(_PASSWORD_AFTER, text, "password", kinds)
    text = _replace(_BARE_PASSWORD, text, "password", kinds)
    return Masked(text, frozenset(kinds))


def _replace(pattern: re.Pattern[str], text: str, kind: str, kinds: set[str]) -> str:
    def mask(match: re.Match[str]) -> str:
        group = match.lastgroup or match.lastindex or 0
        secret = match.group(group)
        if not _is_secret(kind, match, secret):
            return match.group()
        kinds.add(kind)
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match.group()[:start] + MASK + match.group()[end:]

    return pattern.sub(mask, text)


def _is_secret(kind: str, match: re.Match[str], secret: str) -> bool:
    if kind == "national_number":
        digits = re.sub(r"\D", "", secret)
        return len(digits) == 11 and (match.re is _ANNOUNCED_NATIONAL_NUMBER or _is_valid(digits))
    if kind == "password":
        if MASK in secret:
            return False
        # "mijn wachtwoord is vergeten" tells no secret: a plain word after "is" is a
        # complaint, a word with a digit or a sign in it is a password.
        mark = match.groupdict().get("mark")
        if mark in {":", "=", "->"} or re.search(r"\d|[@#$%&*!?+_^](?=.)", secret):
            return True
        is_last_word = match.end() == len(match.string.rstrip(" .!"))
        return mark is not None and is_last_word and secret.strip(".!").lower() not in _COMPLAINTS
    if kind == "pin":
        # "Mijn pincode werkt niet sinds 2024" names a year.
        between = match.group()[: match.start(match.lastindex or 0) - match.start()]
        return not (_YEAR.fullmatch(secret) and _SINCE.search(between))
    return True


def _is_valid(digits: str) -> bool:
    return bool(nn.is_valid(digits) or bis.is_valid(digits))
