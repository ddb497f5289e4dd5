"""The words that announce a detail in a text, in the three languages, as regular expressions.

Source: `data/guidance/facts.yaml`, `ticket.details.*.synonyms`.
"""

import re

LABELS = {
    "enterprise_number": (
        r"(?:onderneming(?:s)?\s?(?:nummer|nr\.?)|kbo(?:[- ]?n(?:umme)?r\.?)?|"
        r"btw(?:[- ]?n(?:umme)?r\.?)?|"
        r"num[eé]ro\s{1,4}(?:d['’])?entreprise|n[°o]\s{0,4}d['’]entreprise|num[eé]ro\s{1,4}(?:bce|de\s{1,4}tva)|n[°o]\s{0,4}(?:bce|tva)|"
        r"nummer\s{1,4}van\s{1,4}de\s{1,4}(?:firma|onderneming)|(?:enterprise|company|cbe|vat)\s{1,4}(?:number|no\.?|nr\.?))"
    ),
    "closing_date": (
        r"(?:afsluit(?:ings)?datum(?:\s{1,4}(?:van\s{1,4})?(?:het\s{1,4})?boekjaar)?|balansdatum|einddatum|jaareinde|"
        r"(?:boekjaar\s{1,4})?afgesloten(?:\s{1,4}op)?|boekjaar|afsluiting|"
        r"date\s{1,4}de\s{1,4}cl[oô]ture(?:\s{1,4}de\s{1,4}l['’]exercice)?|cl[oô]ture|cl[oô]tur[eé]\w{0,9}(?:\s{1,4}(?:au|le))?|"
        r"exercice(?:\s{1,4}au)?|fin\s{1,4}d['’]exercice|date\s{1,4}de\s{1,4}fin|date\s{1,4}de\s{1,4}bilan|"
        r"closing\s{1,4}date(?:\s{1,4}of\s{1,4}the\s{1,4}accounting\s{1,4}period)?|year[- ]end|"
        r"balance\s{1,4}sheet\s{1,4}date|"
        r"(?:financial|accounting)\s{1,4}(?:year|period)(?:\s{1,4}end(?:s|ed|ing)?)?|period\s{1,4}end\s{1,4}date|closed(?:\s{1,4}on)?)"
    ),
    "filing_model": r"(?:model|schema|mod[eè]le|sch[eé]ma)",
    "deposit_type": (
        r"(?:(?:type|soort)\s{1,4}(?:van\s{1,4})?(?:de\s{1,4})?neerlegging|neerlegging(?:s)?type|"
        r"type\s{1,4}de\s{1,4}d[eé]p[oô]t|(?:deposit|filing)\s{1,4}type|type\s{1,4}of\s{1,4}(?:filing|deposit)|"
        r"(?:(?:initial|first|eerste|initi[eë]le)\s{1,4}(?:filing|neerlegging|deposit)|(?:d[eé]p[oô]t\s{1,4})?initial|initieel)"
        r"\s{0,4}(?:/|or|of|ou)\s{0,4}(?:an?\s{1,4}|een\s{1,4}|une\s{1,4})?correcti(?:on|e))"
    ),
    "filing_language": (
        r"(?:taal(?:\s{1,4}van\s{1,4}(?:de|het)\s{1,4}\w{1,30})?|langue(?:\s{1,4}(?:des?|du)\s{1,4}\w{1,30}(?:\s{1,4}annuels)?)?|"
        r"language(?:\s{1,4}of\s{1,4}the\s{1,4}\w{1,30})?)"
    ),
    "certificate_owner": (
        r"(?:op\s{1,4}naam\s{1,4}van|eigenaar(?:\s{1,4}van\s{1,4}het\s{1,4}certificaat)?|houder|titularis|certificaathouder|naam(?=\s{1,4}(?:is|moet|:))|(?:le\s{1,4})?nom(?=\s{1,4}(?:est|c['’]est|:))|name(?=\s{1,4}(?:is|should|:))|"
        r"au\s{1,4}nom\s{1,4}de|titulaire(?:\s{1,4}du\s{1,4}certificat)?|d[eé]tenteur|propri[eé]taire(?:\s{1,4}du\s{1,4}certificat)?|"
        r"in\s{1,4}the\s{1,4}name\s{1,4}of|(?:certificate\s{1,4})?(?:owner|holder)(?:\s{1,4}of\s{1,4}the\s{1,4}certificate)?|issued\s{1,4}to)"
    ),
    "certificate_number": (
        r"(?:certificaat\s?(?:nummer|nr\.?)|(?:nummer|nr\.?)\s{1,4}(?:van\s{1,4}het\s{1,4})?certificaat|serienummer|"
        r"num[eé]ro\s{1,4}(?:du|de)\s{1,4}certificat|n[°o]\s{1,4}(?:du|de)\s{1,4}certificat|num[eé]ro\s{1,4}de\s{1,4}s[eé]rie|"
        r"(?:certificate|serial)\s{1,4}(?:number|no\.?|nr\.?)|certificate\s{1,4}(?:id|serial))"
    ),
    "certificate_type": (
        r"(?:type\s{1,4}(?:van\s{1,4})?(?:het\s{1,4})?certificaat|certificaattype|soort\s{1,4}certificaat|"
        r"type\s{1,4}(?:de|du)\s{1,4}certificat|(?:certificate|cert)\s{1,4}type|type\s{1,4}of\s{1,4}certificate)"
    ),
}  # fmt: skip
_NAMED = {
    detail: re.compile(rf"(?<![\w]){label}", flags=re.IGNORECASE)
    for detail, label in LABELS.items()
}
_NAMED["certificate_email"] = re.compile(
    r"(?<!\w)(?:e-?mail(?:\s?adres)?|mailadres|mail|adresse\s{1,4}(?:e-?)?mail|courriel|"
    r"e-?mail\s{1,4}address|mail\s{1,4}address)(?!\w)",
    flags=re.IGNORECASE,
)
NAMED_FILING = re.compile(
    r"\b(?:neerlegging|dossier|d[eé]p[oô]t|filing)\s{0,4}(?:(?:nr\.?|n°|no\.?|nummer|num[eé]ro|number)\s{0,4})?(\d{1,2})\b",
    flags=re.IGNORECASE,
)


def named_detail(text: str) -> str | None:
    """Say which detail ``text`` names first: "de afsluitdatum" names ``closing_date``."""
    places = [
        (match.start(), -len(match.group()), detail)
        for detail, pattern in _NAMED.items()
        if (match := pattern.search(text))
    ]
    return min(places)[2] if places else None


def named_filing(text: str) -> str | None:
    """Say which filing ``text`` names by its number: "neerlegging 2" gives ``filing_2``."""
    filing = NAMED_FILING.search(text)
    return f"filing_{filing[1]}" if filing else None
