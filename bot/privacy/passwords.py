"""Where a text gives a password, PIN code or register number away, or is about to.

Each function reads a text that ``plainly_spelt`` wrote. A word that announces a secret is
found first; what stands around it, a stated number of characters, is then judged.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_IN_COMPOUNDS = r"(?:wachtwoord|paswoord|passwoord|kennwort|passwort)(?:zin|en)?"
_BY_THEMSELVES = (
    r"(?:p[a@]ss?w[o0]rds?|w8woord|wachtwrd|pass(?:phrase|code)?|passw|"
    r"mots?\s{1,3}de\s{1,3}passe|mdp|pwd|pw|ww|inloggegevens|identifiants|credentials)"
)
LOGIN_WORD = rf"(?:\w{{0,20}}{_IN_COMPOUNDS}|{_BY_THEMSELVES})"
_LOGIN = re.compile(rf"(?:{_IN_COMPOUNDS}|\b{_BY_THEMSELVES})(?!\w)", flags=re.IGNORECASE)
# Up to five words may stand between: "wachtwoord van mijn nieuwe Isabel = ...".
_WORDS_BETWEEN = r"(?:[\s,]{1,3}[\w'’.-]{1,30}){0,5}?"
_SIGN = re.compile(
    rf"{_WORDS_BETWEEN}[\"'”]?\s{{0,3}}(?:[:=]|[-=]{{1,2}}>)\s{{0,9}}[\"'«“]{{0,2}}\s?(?P<secret>[^\s\"'»”]{{1,99}})"
)
_VERB = re.compile(
    r"[\s,]{0,3}(?<!\w)(?:c['’]est|is|in|est|was|wordt|van|luidt)(?!\w)\s{0,9}[:\"'«“]{0,2}\s?"
    r"(?P<secret>[^\s\"'»”]{4,99})",
    flags=re.IGNORECASE,
)
_BESIDE = re.compile(r"\s{1,9}[\"'«“]?(?P<secret>[^\s\"'»”]{6,99})")
_BEFORE = re.compile(
    r"\s{1,3}(?:is|was|als|est|comme|as|are)\s{1,3}(?:(?:mijn|ons|mon|ma|notre|my|our|de|le|la|the|het)\s{1,3})?"
    rf"{LOGIN_WORD}(?!\w)",
    flags=re.IGNORECASE,
)
# "Wachtwoord: vier losse woorden": a passphrase goes on to the end of its sentence.
_PHRASE = re.compile(r"[^\n\"»”,;.!?:]{4,80}")
_HAS_SIGN = re.compile(r"\d|[@#$%&*!?+_^](?=.)")
_HAS_DIGIT, _HAS_LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\S{1,99}")
_AROUND_CHARS = 200
_MAX_WORD_CHARS = 99
_MIN_CHARS = 4
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
# Words of a sentence: who writes one of them after announcing a password says something else.
_OF_A_SENTENCE = frozenset(
    """
    ik je jij u uw wij we het de een dit dat niet geen mijn maar en of nee ja ok oke hallo dank
    bedankt graag wacht sorry help kan moet heb is werkt komt stuur straks even vergeten
    je tu vous nous le la les un une ne pas mon ma mais et ou non oui merci bonjour désolé attendez
    i you we it the a this that not no yes my but and or thanks thank hello sorry wait please can
    have is does works forgot forgotten later
    """.split()
)
_HERE_IT_IS = re.compile(
    r"\b(?:hier(?:bij)?(?:\s(?:is|komt|volgt|heb\sje|hebt\su))?|ziehier|dit\sis|dat\sis|voici|voil[aà]|"
    r"here(?:\sis|['’]?s|\scomes)|this\sis|(?:ik|i(?:['’]ll|\swill)?|je)\s(?:\w{1,9}\s){0,2}"
    r"(?:geef|stuur|give|send|donne|envoie|communique))(?!\w)",
    flags=re.IGNORECASE,
)
_NUMBER_WORD = (
    r"(?:(?:code\s)?(?:pin|puk)(?:[\s-]?(?:code|nummer|number))?|rijksregister\w{0,20}|insz|niss|"
    r"num[eé]ro\s(?:de\sregistre\s)?national|national\s(?:register\s|id\s)?number|nationaal\snummer)"
)
_SECRET_WORD = rf"(?:{LOGIN_WORD}|{_NUMBER_WORD})"
_ENDS_WITH_ONE = re.compile(
    rf"(?<!\w){_SECRET_WORD}(?:\s[\w'’.-]{{1,30}}){{0,4}}[\s.:!…-]{{0,9}}$", flags=re.IGNORECASE
)
_LEFT_OPEN = re.compile(
    rf"(?<!\w){_SECRET_WORD}(?:\s[\w'’.-]{{1,30}}){{0,4}}?\s{{0,3}}(?:is|est|c['’]est|luidt|:|=)[\s:.…]{{0,9}}$",
    flags=re.IGNORECASE,
)
_MAX_ANNOUNCING_WORDS = 20
_MAX_PHRASE_WORDS = 6


def password_spans(text: str, mask: str) -> Iterator[Span]:
    """Give the places of the passwords in ``text``; ``mask``: what stands for one already."""
    for word in _LOGIN.finditer(text):
        end = word.end()
        around = text[end : end + _AROUND_CHARS]
        found = _after_sign(around) or _after_verb(around) or _beside(around)
        if found and mask not in around[slice(*found)]:
            yield end + found[0], end + found[1]
    for said in _BEFORE.finditer(text):
        word_before = text[max(said.start() - _MAX_WORD_CHARS, 0) : said.start()].split()
        secret = word_before[-1] if word_before else ""
        if len(secret) >= _MIN_CHARS and _looks_secret(secret) and mask not in secret:
            yield said.start() - len(secret), said.start()


def announces_secret(text: str) -> bool:
    """Say whether a message promises a secret that it does not give: the next one will."""
    if "?" in text or len(text.split(maxsplit=_MAX_ANNOUNCING_WORDS)) > _MAX_ANNOUNCING_WORDS:
        return False
    end = text.rstrip()[-_AROUND_CHARS:]
    if _LEFT_OPEN.search(end):
        return True
    ending = _ENDS_WITH_ONE.search(end)
    if ending is None or _COMPLAINTS & {word.strip(".!:").lower() for word in ending[0].split()}:
        return False
    return bool(_HERE_IT_IS.search(end))


def announced_spans(text: str) -> Iterator[Span]:
    """Give the secrets in a message of which the one before said that it would hold one."""
    words = list(_WORD.finditer(text[:_AROUND_CHARS]))
    said = [word[0].strip(".,!").lower() for word in words]
    telling = [word for word in words if len(word[0]) >= 4 and _looks_secret(word[0])]
    if telling and not text.rstrip().endswith("?"):
        yield from (word.span() for word in telling)
    elif _is_bare(said) and "?" not in text:
        yield words[0].start(), words[-1].end()


def _is_bare(said: list[str]) -> bool:
    # "Correct" alone agrees; "correct horse battery staple" is the passphrase of a joke.
    harmless = _COMPLAINTS if len(said) == 1 else _COMPLAINTS - {"correct"}
    return (
        0 < len(said) <= _MAX_PHRASE_WORDS
        and len("".join(said)) >= _MIN_CHARS
        and not set(said) & (_OF_A_SENTENCE | harmless)
    )


def _after_sign(around: str) -> Span | None:
    line = _SIGN.match(around)
    if line is None:
        return None
    start, end = line.span("secret")
    is_long = end - start >= _MIN_CHARS
    if is_long and _looks_secret(line["secret"]):
        return start, end
    phrase = _PHRASE.match(around, start)
    is_asking = around[start:].split("\n", 1)[0].rstrip().endswith("?")
    if phrase is None or is_asking:
        return (start, end) if is_long else None
    return start, start + len(phrase[0].rstrip())


def _after_verb(around: str) -> Span | None:
    for verb in _VERB.finditer(around):
        between = around[: verb.start()]
        if len(between.split()) > 5 or _is_sentence_end(between):
            return None
        secret = verb["secret"]
        # "mijn wachtwoord is vergeten" tells no secret: a plain word after "is" is a
        # complaint, a word with a digit or a sign in it is a password.
        is_last_word = verb.end() == len(around.rstrip(" .!"))
        if _looks_secret(secret) or (
            is_last_word and secret.strip(".!").lower() not in _COMPLAINTS
        ):
            return verb.span("secret")
    return None


def _beside(around: str) -> Span | None:
    beside = _BESIDE.match(around)
    if beside is None:
        return None
    secret = beside["secret"]
    is_mixed = _HAS_DIGIT.search(secret) and _HAS_LETTER.search(secret)
    return beside.span("secret") if is_mixed else None


def _looks_secret(word: str) -> bool:
    return _HAS_SIGN.search(word) is not None


def _is_sentence_end(text: str) -> bool:
    return any(mark in text for mark in (". ", "? ", "! ", "\n"))
