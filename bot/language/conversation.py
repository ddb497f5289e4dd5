"""The conversation's language as a small state machine.

An explicit request wins; on the first turn the page's (or mail's) language counts;
after that a change needs evidence. Neutral messages (ok, numbers, names of products,
addresses) never change anything, and one word never does.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.language import DEFAULT_LANGUAGE, LANGUAGES
from bot.language.identify import confidence
from bot.language.neutral import telling_words
from bot.understanding.text import fold

_NAMES = {
    "nl": ("nederlands", "nl", "dutch", "flemish", "vlaams", "neerlandais", "flamand"),
    "fr": ("frans", "fr", "french", "francais"),
    "en": ("engels", "en", "english", "anglais"),
}
_SPEAKING = frozenset(
    """
    speak talk switch continue change write answer reply respond go spreek spreekt spreken
    praat praten verder schakel overschakelen antwoord antwoorden schrijf verdergaan
    wisselen parle parlez parler passer passez continuer continuons continuez repondre
    repondez basculer changer ecrire parlez-vous parles-tu
    """.split()
)
_FILLERS = _SPEAKING | frozenset(
    """
    a alsjeblieft also alstublieft au aub aussi avec b back bitte bonjour ca can ceci
    could d'accord d'en dank dat de dire dit do doe doen du else en est excuse faire ga
    gaan gaarne graag hallo hello here het hey hi hier i i'd ici if ik in is it ja je
    kan kunnen kunt l' le let's liever like maintenant me merci mij mijn moi mon my naar
    natuurlijk nee no non now nu ok okay on ook ou oui pardon parle-moi parlez-vous
    passer passons peut peut-on peux plait please please. plutot possible pouvez prefer
    prefere prefereert rather s'il s.v.p say si sorry stp svp svp. te terug thanks that
    the this to u us uw van veuillez veux votre voudrais vouloir vous want wat we we'd
    wij wil willen wilt with would yes you zou
    """.split()
)
# Chosen by hand, not tuned: fewer words need more certainty.
_SWITCH_AT = {2: 0.97}
_SWITCH_AT_LONGER = 0.9
# Answers to the form's questions are names, brands and dates: Marie Dubois writes Dutch.
_SWITCH_AT_IN_FORM = 0.97
_SWITCH_WORDS_IN_FORM = 4
# "Bart Van den Eynde" has four words of Dutch, and is a name in Liège.
_SWITCH_WORDS_BESIDE_A_NAME = 7
# On the first turn the page has spoken already: only an unmistakable text overrules it.
_OVERRULE_PAGE_WORDS = 4
_OVERRULE_PAGE_AT = 0.99
_WORD = re.compile(r"[^\W\d_]{1,64}(?:['-][^\W\d_]{1,64}){0,9}")


@dataclass(frozen=True)
class Evidence:
    """What one message tells about its language.

    ``speaks_for``: says of a word (lower case) whether it stands in training messages of
    a language, and in those of no other as much. ``is_name_asked``: the form asks for a name.
    """

    text: str
    probabilities: Mapping[str, float]
    page: str | None = None
    requested: str | None = None
    is_in_form: bool = False
    speaks_for: Callable[[str, str], bool] = lambda _word, _language: True
    is_name_asked: bool = False


def requested_language(text: str, *, is_asked_for_a_language: bool = False) -> str | None:
    """Name the language a visitor asks to go on in, if the message is such a request.

    ``is_asked_for_a_language``: the form has just asked for the accounts' language, so
    that a bare "Nederlands" is an answer; only a verb of speaking makes it a request.
    """
    tokens = _WORD.findall(fold(text))
    named = {code for code, names in _NAMES.items() for token in tokens if token in names}
    # "en" is English in a menu, but French and Dutch prepositions write it too.
    if "en" in named and len(named) > 1 and not set(tokens) & set(_NAMES["en"]) - {"en"}:
        named -= {"en"}
    if len(named) != 1 or len(tokens) > 12:
        return None
    language = named.pop()
    rest = [token for token in tokens if token not in _NAMES[language]]
    # Alone it is English, but not between two dates.
    if (
        language == "en"
        and set(tokens) & set(_NAMES["en"]) == {"en"}
        and fold(text).strip() != "en"
    ):
        return None
    if is_asked_for_a_language and not set(rest) & _SPEAKING:
        return None
    return language if set(rest) <= _FILLERS else None


def named_language(text: str, current: str | None) -> str | None:
    """Name the language other than ``current`` that a request to change it speaks of.

    For a text that was read as such a request, in whatever words: "mijn Frans is niet goed, graag
    in het Engels" names two, and one of them is spoken already.
    """
    tokens = set(_WORD.findall(fold(text)))
    # "en" is "and" in Dutch and "in" in French.
    named = [code for code, names in _NAMES.items() if tokens & (set(names) - {"en"})]
    others = [code for code in named if code != current]
    return others[0] if len(others) == 1 else None


def next_language(current: str | None, evidence: Evidence) -> str:
    """Decide in which language the conversation goes on.

    ``current`` is None on the first turn.
    """
    if evidence.requested in LANGUAGES:
        return str(evidence.requested)
    words = len(telling_words(evidence.text))
    best, probability = confidence(evidence.probabilities)
    if current is None and evidence.page in LANGUAGES:
        overrules = words >= _OVERRULE_PAGE_WORDS and probability >= _OVERRULE_PAGE_AT
        return best if overrules else str(evidence.page)
    if current is None:
        return best if words else DEFAULT_LANGUAGE
    speaking = sum(evidence.speaks_for(w, best) for w in set(telling_words(evidence.text)))
    if evidence.is_in_form:
        least = _SWITCH_WORDS_BESIDE_A_NAME if evidence.is_name_asked else _SWITCH_WORDS_IN_FORM
        # "Rita punt wouters at proximus punt be" is an address.
        is_sentence = words >= least and speaking > 1 and probability >= _SWITCH_AT_IN_FORM
        return best if is_sentence else current
    # Names and rare words speak for none: the letters of "Nathalie Collard" look English, and
    # a Fleming may thank with "merci he".
    if speaking > 1 and probability >= _SWITCH_AT.get(speaking, _SWITCH_AT_LONGER):
        return best
    return current
