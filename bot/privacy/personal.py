"""Masking personal data for people and files that have no need of it.

The desk's review queue and what it exports show what was meant, not who wrote it. Secrets
are masked before (``mask_secrets``); this takes out addresses, telephone and account
numbers, names that are announced as such, and any other long number.
"""

import re
from collections.abc import Iterable

from bot.patterns import Linear

MAIL_ADDRESS, NUMBER, NAME, LINK = "[e-mail]", "[number]", "[name]", "[link]"

_MAIL = Linear(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A link may carry a session or a name; its host tells all that a reader needs.
_LINK = re.compile(r"(https?://[^\s/?#]{1,255})(?:[/?#]\S{0,4000})?")
# As a Japanese keyboard types them, or who wants to pass a mask.
_FULLWIDTH = str.maketrans("＠．＝：／", "@.=:/")
_BANK_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
# Six digits and more, in whatever groups: telephone, enterprise and certificate numbers.
# Dates and amounts have fewer, error codes begin with a letter.
_LONG_NUMBER = re.compile(r"(?<![\w])(?:BE\s?)?\+?\(?\d(?:[\s./()-]{0,2}\d){6,200}(?!\w)", re.I)
_SERIAL = re.compile(r"\b(?:[0-9A-Fa-f]{2}:){2,60}[0-9A-Fa-f]{2}\b")
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}")
_CAPITALISED = r"[A-ZÀ-Þ][\w'’-]{1,40}"
_INTRODUCTION = (
    r"(?:mijn naam is|ik ben|ik heet|op naam van|naam(?:\s{1,4}eigenaar)?\s{0,4}:|mvg,?|groeten,?|"
    r"je m['’]appelle|je suis|mon nom est|au nom de|nom\s{0,4}:|cordialement,?|"
    r"my name is|i am|i['’]m|in the name of|name\s{0,4}:|regards,?|"
    r"mijnheer|mevrouw|de heer|monsieur|madame|mr\.?|mrs\.?|ms\.?|dhr\.?|mevr\.?|mme\.?)"
)
_NAME = re.compile(
    rf"(?P<lead>(?i:\b{_INTRODUCTION})\s{{1,4}})(?P<name>{_CAPITALISED}"
    rf"(?:\s{{1,4}}(?:(?i:van|de|der|den|du|la|le|d['’])\s{{1,4}}){{0,3}}{_CAPITALISED}){{0,3}})"
)


def mask_personal(text: str, names: Iterable[str] = ()) -> str:
    """Take personal data out of a text. ``names``: people known to be spoken of."""
    text = _MAIL.sub(MAIL_ADDRESS, text.translate(_FULLWIDTH))
    text = _LINK.sub(rf"\1/{LINK}", text) if "://" in text else text
    text = _BANK_ACCOUNT.sub(NUMBER, text)
    text = _SERIAL.sub(NUMBER, text)
    text = _LONG_NUMBER.sub(_unless_date, text)
    for name in names:
        if len(name) > 2:
            text = re.sub(re.escape(name), NAME, text, flags=re.I)
    return _NAME.sub(rf"\g<lead>{NAME}", text)


def _unless_date(match: re.Match[str]) -> str:
    return match[0] if _DATE.fullmatch(match[0].strip()) else NUMBER
