"""The owner of a certificate: a person or a firm."""

import re

from bot.details.model import InvalidDetail
from bot.understanding.text import clean, fold

_LEAD_IN = re.compile(
    r"^\W{0,9}(?:(?:ja|nee|oui|non|yes|no|euh|wel|ben|well)\W{1,9})?"
    r"(?:dat is|dit is|het is|da's|mijn naam is|ik ben|ik heet|de eigenaar is|eigenaar|naam|"
    r"op naam van|t\.a\.v\.|"
    r"c[’']est|il s[’']agit de|je m[’']appelle|mon nom est|je suis|au nom de|titulaire|nom|"
    r"le titulaire est|"
    r"it[’']s|it is|this is|that is|that's|my name is|i am|i[’']m|the owner is|owner|name|"
    r"in the name of)\b\s{0,9}(?:(?:is|est)\s{0,9})?(?:[:=]\s{0,9})?",
    flags=re.IGNORECASE,
)
_NAME = re.compile(r"[’']?[^\W_](?:[^\W\d_]|[ .’'\-&,()/0-9]){0,80}")
# Longer than any name on a Belgian identity card; what is longer is a sentence.
_MAX_NAME_CHARS = 80
_MAX_NAME_WORDS = 7

_MAX_MARKED_CHARS = 400
# Without its stop a title in capitals may be a firm: "ING Belgium", "MS Consulting".
_TITLES = re.compile(
    r"^(?:(?i:de heer(?: en mevrouw)?|heer en mevrouw|mevrouw|mevr\.?|mw\.?|dhr\.?|meester|madame|"
    r"mme\.?|mlle\.?|mademoiselle|monsieur|ma[iî]tre|mister|miss|mrs\.?|docteur|doctor|professor|"
    r"professeur|prof\.?|mr\.|ms\.|dr\.|drs\.|ir\.|ing\.|m\.|me\.)|[Mm]r|[Mm]s|[Dd]r|[Ii]r|Me|MR)"
    r"\s{1,9}(?=\S)"
)
_COMMON_NAME = re.compile(r"^(?:CN|common name)\s?=\s?", flags=re.IGNORECASE)
_OTHER_FIELDS = re.compile(r"\s?[,;/+]\s?[A-Za-z.]{1,20}\s?=.{0,400}$", flags=re.DOTALL)
_BRACKETS = re.compile(r"\s?[(\[]([^()\[\]]{0,99})[)\]]")
_SEAM = re.compile(r"\s?[,;|]\s?|\s[-–—]\s")
_ROLES = frozenset(
    """
    accountant administrateur administrator administratrice advocaat associe associee associate
    auditor avocat avocate bedrijfsleider bedrijfsrevisor belastingconsulent bestuurder
    boekhouder boekhoudster bookkeeper ceo cfo chairman comptable coo directeur director
    directrice eigenaar employe employee expert-comptable fiscalist fiscaliste gerant gerante
    gestionnaire holder houder lawyer manager mandataire mandataris medewerker medewerkster
    notaire notaris notary owner partner penningmeester president presidente proprietaire
    reviseur revisor secretaire secretaris secretary tax-consultant titulaire tresorier
    treasurer vennoot voorzitter zaakvoerder zaakvoerster
    """.split()
)
_LEGAL_FORMS = frozenset(
    "ag asbl bv bvba cv cvba comm.v gcv gmbh inc llp ltd nv sa sarl sc sca scs scrl sprl snc srl "
    "vof vzw ivzw aisbl".split()
)
_AROUND_NAMES = ' ,;:!?"“”„«»<>*_`|=-–—'
_APOSTROPHES = frozenset("'‘’")
_INSIDE_NAMES = str.maketrans("", "", "-'’.")
_PARTICLES = frozenset(
    "al ben bin d' da de del den der des di dos du el la le mac mc o' op saint st 't te ten ter "
    "van vanden vander von".split()
)


# Words of a sentence, never of a name in Belgium ("De", "Van" and "La" are, and stay out).
_NOT_IN_NAMES = frozenset(
    """
    accounts am annuleren are attendez avez avons bedoel bedoelde bel ben boekhouder but
    ca can cancel cannot certificaat certificat certificate comment comptable datum deja
    demande demander dit does dois don't dont een en erreur est et forms formulaires
    formulieren fout geen gisteren grey grijs have heb hebben heeft help het hoe how i
    i'm idea idee ik is isn't j'ai je kan kent knows krijg later maar meant meer merci
    micro micromodel mijn moet moment mon my naam niet niets no nom none nothing nous
    oeps on oops ou oups overslaan pas passer password paswoord pourquoi que quel quelle
    qui quoi screen serait sert skip sorry suis suivant tel that the this un une
    vergeten vergissing verkeerd volgende voulais vous waar waarom wacht wait wat weet
    weten what where who why wie wil wrong zijn zoek ça
    """.split()
)


def parse_certificate_owner(text: str) -> str:
    """Accept a person's or firm's name, without the words that introduce it.

    Raises: InvalidDetail with reason ``not_a_name``.
    """
    name = " ".join(_LEAD_IN.sub("", text.strip(), count=1).split()).strip(" .,;:!")
    letters = sum(character.isalpha() for character in name)
    # "Hello hello" is one word too.
    is_one_small_word = len(_folded_words(name)) == 1 and name.islower()
    if (
        letters < 2
        or has_sentence_words(name)
        or is_one_small_word
        or len(name) > _MAX_NAME_CHARS
        or len(name.split()) > _MAX_NAME_WORDS
        or not _NAME.fullmatch(name)
    ):
        raise InvalidDetail("certificate_owner", "not_a_name")
    return name


def has_sentence_words(words: str) -> bool:
    """Say whether a word among ``words`` belongs to a sentence and to no name."""
    return not {word.strip(".,'’") for word in fold(words).split()}.isdisjoint(_NOT_IN_NAMES)


def parse_marked_owner(words: str) -> str:
    """Give the name in words that are known to be one: no title, no role, given name first.

    Raises: InvalidDetail with reason ``not_a_name`` for fewer than two letters, an @ or
    more than 80 characters.
    """
    name = " ".join(clean(words).split())
    before = None
    # What goes may have hidden more: "Mr (gérant) Mr Peeters". Each round is shorter.
    while name != before and len(name) <= _MAX_MARKED_CHARS:
        before = name
        name = _without_role(_OTHER_FIELDS.sub("", _COMMON_NAME.sub("", _stripped(name))))
        name = clean(_TITLES.sub("", _given_name_first(_stripped(_TITLES.sub("", name)))))
    letters = sum(character.isalpha() for character in name)
    if letters < 2 or "@" in name or len(name) > _MAX_NAME_CHARS:
        raise InvalidDetail("certificate_owner", "not_a_name")
    return name


def _stripped(name: str) -> str:
    """Take off quotes and the marks of a sentence, not the last stop of "S.A."."""
    name = name.strip(_AROUND_NAMES)
    if len(name) > 1 and {name[0], name[-1]} <= _APOSTROPHES:
        name = name[1:-1].strip(_AROUND_NAMES)
    return name if "." in name[:-1].rpartition(" ")[2] else name.rstrip(".").rstrip()


def _without_role(name: str) -> str:
    name = _BRACKETS.sub(lambda found: "" if _is_role(found[1]) else found[0], name)
    for seam in _SEAM.finditer(name):
        rest = name[seam.end() :]
        if _is_role(_SEAM.split(rest, maxsplit=1)[0]):
            return name[: seam.start()]
    return name


def _is_role(words: str) -> bool:
    parts = _folded_words(words)
    return bool(parts & _ROLES) and not parts & _LEGAL_FORMS


def _given_name_first(name: str) -> str:
    """Turn "Peeters, Jan" round; a firm with a comma stays."""
    surname, comma, given = name.partition(",")
    surname, given = surname.strip(), _TITLES.sub("", given.strip())
    both = [*surname.split(), *given.split()]
    if not comma or not given or not _is_surname(surname) or len(given.split()) > 2:
        return name
    is_of_letters = all(part.translate(_INSIDE_NAMES).isalpha() for part in both)
    is_given_name = all(part[0].isupper() for part in given.split())
    if (
        not is_of_letters
        or not is_given_name
        or _folded_words(name) & (_LEGAL_FORMS | {"en", "et", "and"})
    ):
        return name
    return f"{given} {surname}"


def _is_surname(words: str) -> bool:
    parts = words.split()
    return (
        len(parts) == 1 or (bool(parts) and (words.isupper() or fold(parts[0]) in _PARTICLES))
    ) and len(parts) <= 5


def _folded_words(words: str) -> set[str]:
    return {word.strip(".,'’").replace(".", "") for word in fold(words).split()}
