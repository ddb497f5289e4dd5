"""Details with a closed list of values, and the words people use for each.

Source: `data/guidance/facts.yaml`, `ticket.details.*.allowed` and `.synonyms`.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.details.model import InvalidDetail
from bot.details.names import has_sentence_words
from bot.understanding.text import clean, fold

FILING_MODELS = (
    "full",
    "abbreviated",
    "micro",
    "consolidated",
    "association_full",
    "association_abbreviated",
    "association_micro",
    "other",
)
DEPOSIT_TYPES = ("initial", "correction")
FILING_LANGUAGES = ("nl", "fr", "de", "en")
CERTIFICATE_TYPES = ("globalsign", "isabel", "quovadis", "other")

_Phrases = Mapping[str, Sequence[str]]

# Phrases are folded (lower case, no accents) and matched on whole words.
MODEL_SIZES: _Phrases = {
    "full": (
        "full", "full model", "complete", "complete model", "vol", "vol-kap", "vol-inb",
        "volledig", "volledige", "volledig model", "volledig schema", "vol schema", "vol model",
        "complet", "complete", "modele complet", "schema complet", "c-cap", "c-app",
    ),
    "abbreviated": (
        "abbreviated", "abridged", "abbreviated model", "abridged model", "short", "short model",
        "verkort", "verkorte", "verkort model", "verkort schema", "vkt", "vkt-kap", "vkt-inb",
        "abrege", "abregee", "modele abrege", "schema abrege", "a-cap", "a-app",
    ),
    "micro": (
        "micro", "micro model", "micromodel", "micro-model", "mic", "mic-kap", "mic-inb",
        "microschema", "micro schema", "modele micro", "schema micro", "m-cap", "m-app",
    ),
}  # fmt: skip
_ASSOCIATIONS = (
    "association", "associations", "non-profit", "nonprofit", "foundation", "ngo",
    "vereniging", "verenigingen", "stichtingen",
    "foundations", "fondations", "vzw", "vzw's", "ivzw", "stichting", "vzw-model",
    "asbl", "aisbl", "fondation",
)  # fmt: skip
_OTHER_MODELS: _Phrases = {
    "consolidated": (
        "consolidated", "consolidated accounts", "consolidated annual accounts",
        "geconsolideerd", "geconsolideerde", "geconsolideerde jaarrekening", "conso",
        "consolide", "consolides", "consolidee", "comptes consolides",
    ),
    "other": (
        "other", "another", "other model", "another model", "foreign company", "specific model",
        "social balance sheet", "none of these",
        "ander", "andere", "ander model", "een ander", "buitenlandse vennootschap",
        "specifiek model", "sociale balans", "geen van deze",
        "autre", "autre modele", "un autre", "societe etrangere", "modele specifique",
        "bilan social", "aucun de ceux-ci",
    ),
}  # fmt: skip
_DEPOSIT_TYPES: _Phrases = {
    "initial": (
        "initial", "initial filing", "first", "first filing", "new", "original",
        "initieel", "initiele", "initiele neerlegging", "eerste", "eerste neerlegging", "nieuw",
        "nieuwe neerlegging", "origineel", "gewone neerlegging",
        "initiale", "depot initial", "premier", "premier depot", "nouveau", "nouveau depot",
    ),
    "correction": (
        "correction", "corrected", "corrective", "corrected filing", "rectification", "amended",
        "amendment", "correcting",
        "verbetering", "verbeterd", "verbeterde", "verbeterde neerlegging", "correctie",
        "rechtzetting", "gecorrigeerd", "herneerlegging",
        "rectificatif", "rectifie", "correctif", "depot rectificatif", "depot correctif",
    ),
}  # fmt: skip
_FILING_LANGUAGES: _Phrases = {
    "nl": (
        "dutch", "flemish", "nl", "nederlands", "nederlandse", "nederlandstalig", "vlaams", "ned",
        "neerlandais", "neerlandophone", "flamand",
    ),
    "fr": (
        "french", "fr", "frans", "franse", "franstalig", "francais", "francaise", "francophone",
    ),
    "de": (
        "german", "duits", "duitse", "duitstalig", "allemand", "allemande", "germanophone",
        "deutsch",
    ),
    "en": (
        "english", "engels", "engelse", "engelstalig", "anglais", "anglaise", "anglophone",
    ),
}  # fmt: skip
_CERTIFICATE_TYPES: _Phrases = {
    "globalsign": (
        "globalsign", "global sign", "global-sign", "globalsing", "personalsign",
        "personal sign", "personalsign 3", "personalsign 3 pro", "globalsign personalsign 3 pro",
    ),
    "isabel": (
        "isabel", "isabel 6", "isabel6", "isabelkaart", "isabel kaart", "carte isabel",
        "isabel card", "isabelle 6", "isabel certificaat",
    ),
    "quovadis": ("quovadis", "quo vadis", "digicert quovadis", "quo-vadis", "quovadis certificaat"),
    "other": (
        "other", "another", "another brand", "luxtrust", "certipost",
        "ander", "andere", "een ander", "ander merk", "ander certificaat",
        "autre", "un autre", "autre marque", "autre certificat",
        "none of these", "none of those", "geen van deze", "geen van die", "aucun de ceux-ci",
    ),
}  # fmt: skip
# How the field shortens them: alone or with one word more ("schéma abr."), never in a
# sentence, where "eng" is Dutch for narrow.
_ABBREVIATIONS: Mapping[str, Mapping[str, str]] = {
    "filing_model": {"abr": "abbreviated", "abbr": "abbreviated", "vkt": "abbreviated"},
    "deposit_type": {"init": "initial", "corr": "correction", "rect": "correction"},
    "filing_language": {
        "ndl": "nl", "nld": "nl", "ned": "nl", "fra": "fr", "deu": "de", "ger": "de", "eng": "en",
    },
}  # fmt: skip
# The office's forms have a box for each; a letter counts only where it is the whole answer.
_LANGUAGE_LETTERS = {"n": "nl", "f": "fr", "d": "de", "e": "en"}
_FIRST = re.compile(r"1\s?(?:st|ste|e|er|re|ere|ier)")
_LEAST_OF_A_STEM = 5
_AND = frozenset({"en", "et", "and", "of", "ou", "or"})
_LETTERS_APART = re.compile(r"[a-z]{1,40}")
_BRAND = re.compile(r"[^\W\d_][\w.&'’+-]{1,39}(?: [\w.&'’+-]{1,39})?")
_MAX_BRAND_CHARS = 200
_AROUND_BRANDS = " .,;:!?\"“”„«»'’()[]-"
_NO_BRANDS = frozenset(
    "aucun aucune autre ander andere brand card carte certificate dunno ja kaart marque merk nee "
    "ok oui other perso sais yes".split()
)
_NO_CERTIFICATES = (
    "eid", "e-id", "itsme", "identiteitskaart", "carte d'identite", "identity card", "id card",
    "id-kaart", "carte identite",
)  # fmt: skip

# Taxonomy names of the models (nbb-cbso 23.0.1); the suffix says how much is filed at once.
MODEL_CODE = re.compile(r"\bm(02|82|01|81|07|87|05|04|08)(?:-?([fao]))?\b", flags=re.IGNORECASE)
_FRENCH_IN = re.compile(r"\ben (?=\w)")
_MODEL_OF_CODE = {
    "02": "full", "82": "full", "01": "abbreviated", "81": "abbreviated",
    "07": "micro", "87": "micro", "05": "association_full", "04": "association_abbreviated",
    "08": "association_micro",
}  # fmt: skip

PHRASES: Mapping[str, _Phrases] = {
    "filing_model": {**MODEL_SIZES, **_OTHER_MODELS},
    "deposit_type": _DEPOSIT_TYPES,
    "filing_language": _FILING_LANGUAGES,
    "certificate_type": _CERTIFICATE_TYPES,
}


def parse_filing_model(text: str) -> str:
    """Map words or an office code such as m02-f to one of ``FILING_MODELS``.

    Raises: InvalidDetail with reason ``unknown``.
    """
    if text in FILING_MODELS:
        return text
    if code := MODEL_CODE.search(text):
        return _MODEL_OF_CODE[code[1]]
    folded = fold(text)
    value = _find(folded, PHRASES["filing_model"]) or _find_abbreviation(folded, "filing_model")
    if value is None and "-" in text:
        # "VOL-vzw", "micro-asbl".
        return parse_filing_model(text.replace("-", " "))
    if value is None:
        raise InvalidDetail("filing_model", "unknown")
    if value in MODEL_SIZES and _contains_any(folded, _ASSOCIATIONS):
        return f"association_{value}"
    return value


def parse_model_code(text: str) -> str | None:
    """Find the office's own code in ``text``, normalised: ``m02-f``."""
    code = MODEL_CODE.search(text)
    return f"m{code[1]}-{(code[2] or 'f').lower()}" if code else None


def parse_deposit_type(text: str) -> str:
    """Map words to ``initial`` or ``correction``.

    Raises: InvalidDetail with reason ``unknown``.
    """
    return "initial" if _FIRST.fullmatch(fold(text)) else _choose("deposit_type", text)


def parse_filing_language(text: str) -> str:
    """Map the name or code of a language to nl, fr, de or en.

    Raises: InvalidDetail with reason ``unknown``, or ``several`` when two are named.
    """
    letters = {word for word in _LETTERS_APART.findall(fold(text)) if word not in _AND}
    if letters and letters <= _LANGUAGE_LETTERS.keys():
        if len(letters) > 1:
            raise InvalidDetail("filing_language", "several")
        return _LANGUAGE_LETTERS[letters.pop()]
    # "en français", "en allemand": the French preposition is no English.
    folded = _FRENCH_IN.sub("", fold(text))
    named = {value for value, words in _FILING_LANGUAGES.items() if _contains_any(folded, words)}
    if len(named) > 1:
        raise InvalidDetail("filing_language", "several")
    return _choose("filing_language", folded)


def parse_certificate_type(text: str) -> str:
    """Map a brand to one of ``CERTIFICATE_TYPES``.

    Raises: InvalidDetail with reason ``not_commercial`` for eID and itsme, which are
    no commercial certificates, or ``unknown``.
    """
    try:
        return _choose("certificate_type", text)
    except InvalidDetail:
        if _contains_any(fold(text), _NO_CERTIFICATES):
            raise InvalidDetail("certificate_type", "not_commercial") from None
        raise


def listed_brands(text: str) -> set[str]:
    """Give the listed brands that a text names: "het Isabel-certificaat" names ``isabel``."""
    folded = fold(text).replace("-", " ")
    named = {brand for brand, words in _CERTIFICATE_TYPES.items() if _contains_any(folded, words)}
    return named - {"other"}


def parse_brand(words: str) -> str:
    """Give the name of a brand that is not listed, as it is spelt.

    One or two words; letters alone, or a capital among them ("D-Trust 3").
    Raises: InvalidDetail with reason ``not_commercial`` or ``unknown``.
    """
    brand = " ".join(clean(words[:_MAX_BRAND_CHARS]).split()).strip(_AROUND_BRANDS)
    if _contains_any(fold(brand), _NO_CERTIFICATES):
        raise InvalidDetail("certificate_type", "not_commercial")
    name, _, kind = brand.rpartition("-")
    brand = name if fold(kind) in _NO_BRANDS else brand
    folded = fold(brand)
    is_name = _BRAND.fullmatch(brand) and (
        brand.replace(" ", "").isalpha() or any(letter.isupper() for letter in brand)
    )
    if (
        len(words) > _MAX_BRAND_CHARS
        or not is_name
        or has_sentence_words(folded)
        or set(folded.split()) & _NO_BRANDS
    ):
        raise InvalidDetail("certificate_type", "unknown")
    return brand


def _choose(detail: str, text: str) -> str:
    folded = fold(text)
    value = _find(folded, PHRASES[detail]) or _find_abbreviation(folded, detail)
    if value is None:
        raise InvalidDetail(detail, "unknown")
    return value


def _find_abbreviation(folded: str, detail: str) -> str | None:
    known = _ABBREVIATIONS.get(detail, {})
    words = _LETTERS_APART.findall(folded) if len(folded.split()) <= 2 else []
    named = {known[word] for word in words if word in known}
    return named.pop() if len(named) == 1 else None


def _find(folded: str, phrases: _Phrases) -> str | None:
    """Find the one value of which a phrase stands in the text, else the nearest spelling."""
    if folded in phrases:
        return folded
    named = {value for value, words in phrases.items() if _contains_any(folded, words)}
    if named == {"initial", "correction"}:
        # "Correction of the initial filing".
        return "correction"
    named = named or {value for word in folded.split() for value in _begun(word, phrases)}
    if named:
        return named.pop() if len(named) == 1 else None
    by_phrase = {phrase: value for value, words in phrases.items() for phrase in words}
    for word in folded.split() if len(folded.split()) <= 4 else []:
        # 0.85: verkrot is verkort, but opnieuw is not nieuw.; shorter words must be spelt right.
        alike = [phrase for phrase in by_phrase if abs(len(phrase) - len(word)) <= 1]
        near = difflib.get_close_matches(word, alike, n=1, cutoff=0.85)
        if near and len(word) >= 5:
            return by_phrase[near[0]]
    return None


def _begun(word: str, phrases: _Phrases) -> Iterator[str]:
    """Give the values that a cut word begins: "rectif", "consol."; a whole word begins none."""
    stem = word.rstrip(".")
    if len(stem) >= _LEAST_OF_A_STEM:
        for value, words in phrases.items():
            firsts = {phrase.partition(" ")[0] for phrase in words}
            if stem not in firsts and any(first.startswith(stem) for first in firsts):
                yield value


def _contains_any(folded: str, phrases: Sequence[str]) -> bool:
    return any(_contains(folded, phrase) for phrase in phrases)


def _contains(folded: str, phrase: str) -> bool:
    start = folded.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        if not (_is_of_a_word(folded[start - 1 : start]) or _is_of_a_word(folded[end : end + 1])):
            return True
        start = folded.find(phrase, start + 1)
    return False


def _is_of_a_word(mark: str) -> bool:
    return mark.isalnum() or mark in {"_", "-"}


def says_association(text: str) -> bool:
    """Say whether a text names an association: its models are others than a company's."""
    return _contains_any(fold(text), _ASSOCIATIONS)


def names_association(word: str) -> bool:
    """Say whether a word names an association: its model is another than a company's."""
    return fold(word) in _ASSOCIATIONS
