"""Small signals in a message: yes, no, a question."""

import re

from bot.understanding.text import fold

_YES = frozenset(
    """
    yes yep yeah yup sure ok okay oke correct right exactly fine agreed confirm confirmed
    send submit go proceed perfect good indeed absolutely another more one ja jawel jazeker
    jep jup jaja zeker klopt juist correcte inderdaad akkoord bevestig bevestigd verstuur
    verzend verzenden versturen prima goed perfect top tuurlijk natuurlijk nog eentje oui
    ouais ouaip si exact exactement d'accord daccord correcte juste parfait confirme
    confirmer confirmez envoyez envoyer envoie valide valider volontiers encore une
    affirmatif bien va y j o 👍 bon agree
    """.split()
)
_NO = frozenset(
    """
    no nope nah wrong incorrect not none nothing nee neen nope nenee fout verkeerd niet
    onjuist geen niets non nan pas faux incorrecte aucun aucune rien n 👎
    """.split()
)
_AROUND = frozenset(
    """
    a aanvraag all allemaal alles alright alsjeblieft alstublieft and andere aub aussi
    autre be bedankt blijkbaar bon both c'est ca can ce cela celle-ci celui ci d' dan
    dank dat depot deze dit do doe done dossier each een else en enkel enough est et
    everything filing for ga genoeg gerust graag helemaal hem het het's het-ze hoor i
    i'd ik is is-dat it it's je je-suis juste-celui l'envoyer la le les like looks maar
    madame mag maintenant me meneer merci mevrouw mij moi more n'est neerlegging now of
    on only ook oui-oui please plus pour quite ready request samenvatting seems sera sir
    so sont stp suffit suis summary sur svp t'es thank thanks that that's the then this
    this-is toch tous tout toutes tres u un une uw van verder very voila voilà votre
    vous vraiment want was we wel well yes-yes you your zo
    """.split()
)
_QUESTION_WORDS = """
    wat waar waarom wanneer wie welke welk hoe hoeveel hoelang kan kunt kunnen mag moet
    moeten is bestaat what where why when who which how can could may must should does do is
    are que quoi qu'est-ce quel quelle quels quelles ou pourquoi quand qui comment combien
    est-ce peut-on puis-je pouvez-vous dois-je faut-il y
    """.split()
_MAX_YES_NO_WORDS = 7
_WORD = re.compile(r"[^\W\d_]{1,64}(?:['-][^\W\d_]{1,64}){0,9}")
_WORD_OR_THUMB = re.compile(rf"{_WORD.pattern}|👍|👎")


def parse_yes_no(text: str) -> bool | None:
    """Read a message that says yes or no and nothing else; None when it says more.

    A "no" anywhere wins, since "no, that's right" is rarer than "yes no wait".
    """
    words = _WORD_OR_THUMB.findall(fold(text))
    if words[:2] in (["ja", "maar"], ["oui", "mais"]):
        return None
    if not words or len(words) > _MAX_YES_NO_WORDS or "?" in text:
        return None
    rest = [word for word in words if word not in _YES and word not in _NO]
    if any(word not in _AROUND for word in rest):
        return None
    if any(word in _NO for word in words):
        return False
    return True if any(word in _YES for word in words) else None


def is_question(text: str) -> bool:
    """Say whether the message asks something, by its mark or its first word."""
    if "?" in text:
        return True
    words = _WORD.findall(fold(text))
    return len(words) >= 3 and words[0] in _QUESTION_WORDS
