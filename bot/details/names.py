"""The owner of a certificate: a person or a firm."""

import re

from bot.details.model import InvalidDetail
from bot.understanding.text import fold

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
    words = {word.strip(".,'’") for word in fold(name).split()}
    is_one_small_word = len(words) == 1 and name.islower()
    if (
        letters < 2
        or words & _NOT_IN_NAMES
        or is_one_small_word
        or len(name) > _MAX_NAME_CHARS
        or len(name.split()) > _MAX_NAME_WORDS
        or not _NAME.fullmatch(name)
    ):
        raise InvalidDetail("certificate_owner", "not_a_name")
    return name
