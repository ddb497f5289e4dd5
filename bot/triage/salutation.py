"""The line that greets: it says nothing, but sounds like small talk to a classifier."""

import re

_GREETING = re.compile(
    r"^(?:geachte|beste|dag|hallo|hoi|goeie?(?:de)?(?:n)?\s?(?:morgen|middag|dag|navond|avond)|"
    r"bonjour|bonsoir|madame|monsieur|ch[eè]re?s?|dear|hello|hi|good (?:morning|afternoon|day)|"
    r"sehr geehrte\w{0,2}|guten tag)\b(?P<whom>[^\n?.!]{0,60}?)(?P<mark>[,:!]?)\s{0,9}$",
    flags=re.IGNORECASE,
)
# "Bonjour Madame la Directrice, Monsieur le Directeur," has seven words after the first.
_MAX_WORDS = 8
_MAX_BARE_WORDS = 4


def without_salutation(text: str) -> str:
    """Drop the first line when it only greets; a sentence that begins with a greeting stays."""
    line, _, rest = text.lstrip().partition("\n")
    greeting = _GREETING.match(line)
    return rest.lstrip() if greeting and _only_greets(greeting) else text


def _only_greets(greeting: re.Match[str]) -> bool:
    words = greeting["whom"].split()
    if greeting["mark"] in {",", ":"}:
        return len(words) <= _MAX_WORDS
    # "Bonjour, je voudrais introduire une demande pour mes" is a sentence cut by the margin.
    return len(words) <= _MAX_BARE_WORDS and "," not in greeting["whom"]
