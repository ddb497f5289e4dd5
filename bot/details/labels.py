"""The words that announce a detail in a text, in the three languages, as regular expressions.

Source: `data/guidance/facts.yaml`, `ticket.details.*.synonyms`.
"""

import re

IS = (
    r"\s*(?:(?:is|was|wordt|moet(?:en)?(?:\s+zijn)?|zou\s+moeten\s+zijn|zijn|est|sera|doit\s+[eê]tre|"
    r"devrait\s+[eê]tre|should\s+be|must\s+be|has\s+to\s+be)\b)?\s*[:=]?\s*"
)
LABELS = {
    "enterprise_number": (
        r"(?:onderneming(?:s)?\s?(?:nummer|nr\.?)|kbo(?:[- ]?n(?:umme)?r\.?)?|"
        r"btw(?:[- ]?n(?:umme)?r\.?)?|"
        r"num[eé]ro\s+(?:d['’])?entreprise|n[°o]\s*d['’]entreprise|num[eé]ro\s+(?:bce|de\s+tva)|n[°o]\s*(?:bce|tva)|"
        r"nummer\s+van\s+de\s+(?:firma|onderneming)|(?:enterprise|company|cbe|vat)\s+(?:number|no\.?|nr\.?))"
    ),
    "closing_date": (
        r"(?:afsluit(?:ings)?datum(?:\s+(?:van\s+)?(?:het\s+)?boekjaar)?|balansdatum|einddatum|jaareinde|"
        r"(?:boekjaar\s+)?afgesloten(?:\s+op)?|boekjaar|afsluiting|"
        r"date\s+de\s+cl[oô]ture(?:\s+de\s+l['’]exercice)?|cl[oô]ture|cl[oô]tur[eé]\w*(?:\s+(?:au|le))?|"
        r"exercice(?:\s+au)?|fin\s+d['’]exercice|date\s+de\s+fin|date\s+de\s+bilan|"
        r"closing\s+date(?:\s+of\s+the\s+accounting\s+period)?|year[- ]end|balance\s+sheet\s+date|"
        r"(?:financial|accounting)\s+(?:year|period)(?:\s+end(?:s|ed|ing)?)?|period\s+end\s+date|closed(?:\s+on)?)"
    ),
    "filing_model": r"(?:model|schema|mod[eè]le|sch[eé]ma)",
    "deposit_type": (
        r"(?:(?:type|soort)\s+(?:van\s+)?(?:de\s+)?neerlegging|neerlegging(?:s)?type|"
        r"type\s+de\s+d[eé]p[oô]t|(?:deposit|filing)\s+type|type\s+of\s+(?:filing|deposit))"
    ),
    "filing_language": (
        r"(?:taal(?:\s+van\s+(?:de|het)\s+\w+)?|langue(?:\s+(?:des?|du)\s+\w+(?:\s+annuels)?)?|"
        r"language(?:\s+of\s+the\s+\w+)?)"
    ),
    "certificate_owner": (
        r"(?:op\s+naam\s+van|eigenaar(?:\s+van\s+het\s+certificaat)?|houder|titularis|certificaathouder|naam(?=\s+(?:is|moet|:))|(?:le\s+)?nom(?=\s+(?:est|c['’]est|:))|name(?=\s+(?:is|should|:))|"
        r"au\s+nom\s+de|titulaire(?:\s+du\s+certificat)?|d[eé]tenteur|propri[eé]taire(?:\s+du\s+certificat)?|"
        r"in\s+the\s+name\s+of|(?:certificate\s+)?(?:owner|holder)(?:\s+of\s+the\s+certificate)?|issued\s+to)"
    ),
    "certificate_number": (
        r"(?:certificaat\s?(?:nummer|nr\.?)|(?:nummer|nr\.?)\s+(?:van\s+het\s+)?certificaat|serienummer|"
        r"num[eé]ro\s+(?:du|de)\s+certificat|n[°o]\s+(?:du|de)\s+certificat|num[eé]ro\s+de\s+s[eé]rie|"
        r"(?:certificate|serial)\s+(?:number|no\.?|nr\.?)|certificate\s+(?:id|serial))"
    ),
    "certificate_type": (
        r"(?:type\s+(?:van\s+)?(?:het\s+)?certificaat|certificaattype|soort\s+certificaat|"
        r"type\s+(?:de|du)\s+certificat|(?:certificate|cert)\s+type|type\s+of\s+certificate)"
    ),
}  # fmt: skip
_NAMED = {
    detail: re.compile(rf"(?<![\w]){label}", flags=re.IGNORECASE)
    for detail, label in LABELS.items()
}
_NAMED["certificate_email"] = re.compile(
    r"(?<!\w)(?:e-?mail(?:\s?adres)?|mailadres|mail|adresse\s+(?:e-?)?mail|courriel|"
    r"e-?mail\s+address|mail\s+address)(?!\w)",
    flags=re.IGNORECASE,
)
_FILING = re.compile(
    r"\b(?:neerlegging|dossier|d[eé]p[oô]t|filing)\s*(?:nr\.?|n°|no\.?|nummer|num[eé]ro|number)?\s*(\d{1,2})\b",
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
    filing = _FILING.search(text)
    return f"filing_{filing[1]}" if filing else None
