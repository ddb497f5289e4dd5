"""E-mail addresses as they are spoken or hidden from robots: "jan punt peeters (at) firma.be"."""

import re

from bot.details.model import InvalidDetail
from bot.patterns import Linear
from bot.understanding.text import clean, fold

EMAIL = Linear(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b")
# The longest address (RFC 5321 §4.5.3.1) is read out in no more words than this.
_MAX_SPELT_CHARS = 400
# The longer word first: "liggend streepje" is no "streepje".
_SIGNS = (
    ("_", r"liggende? streepje|laag streepje|underscores?|tiret bas|tiret du (?:8|huit)"),
    ("-", r"streepje|koppelteken|verbindingsstreepje|dash|hyphen|minus|min|moins|"
          r"tiret(?: du (?:6|six))?|trait d'union"),
    ("@", r"at|@|apen?staart(?:je)?|at-teken|arobase|arobas|arrobas"),
    (".", r"dot|punt|punkt|point|puntje|\."),
)  # fmt: skip
# Marks for signs that were spoken: the blanks around them go, those behind a full stop stay.
_MARKS = {chr(0xE000 + number): sign for number, (sign, _) in enumerate(_SIGNS)}
_SPOKEN = tuple(
    (mark, re.compile(rf"(?: (?:{words})(?= |$)| ?[(\[{{<] ?(?:{words}) ?[)\]}}>])"))
    for mark, (_, words) in zip(_MARKS, _SIGNS, strict=True)
)
_AROUND_MARK = re.compile(" ?([@\ue000-\ue003]) ?")
# "a. peeters @ firm.be": an initial, not the end of a sentence.
_INITIAL = re.compile(r"(?<![^ ])([a-z]{1,2})\. (?=[^ @]{1,64}@)")
_WEB = re.compile(r"@www\.")


def parse_certificate_email(text: str) -> str:
    """Find the one e-mail address in ``text``, in lower case.

    Words that hold an address as it is written are read as a spoken one only if they are
    nothing else.
    Raises: InvalidDetail with reason ``not_an_address``, also for two of them.
    """
    words = clean(text)
    found = {address.lower() for address in EMAIL.findall(words)}
    spelt = _spelt(words) if len(words) <= _MAX_SPELT_CHARS else ""
    # "Jan punt peeters@firma.be" is one address although a part of it is another.
    if not found or (spelt[:1].isalnum() and EMAIL.fullmatch(spelt.rstrip("."))):
        found = set(EMAIL.findall(spelt))
    if len(found) != 1:
        raise InvalidDetail("certificate_email", "not_an_address")
    return str(found.pop())


def _spelt(words: str) -> str:
    """Write the signs that stand there as words or between blanks."""
    address = fold(words)
    for mark, spoken in _SPOKEN:
        address = spoken.sub(mark, address)
    address = _AROUND_MARK.sub(lambda found: _MARKS.get(found[1], found[1]), address)
    # "Look at www.example.be" is no address.
    return _WEB.sub(" ", _INITIAL.sub(r"\1.", address))
