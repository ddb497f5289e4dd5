"""Cutting a message into the questions it may hold."""

import re
from collections.abc import Iterator

from bot.understanding.text import clean

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\s)]{1,9}|\s?[\n;]{1,9}\s?|\s[-•*–—+&/]{1,9}\s|(?:^|\s)\(?[1-9a-c][).:]\s"
)
_ASKING = r"""(?:
    hoe | wat | waar | waarom | wanneer | wie | welke? | hoeveel | tegen | tot | sinds | kan |
    kunnen | kunt | mag | moet | is | zijn |
    how | what | when | where | why | who | which | by | can | could | may | must | should | do |
    does | are |
    comment | combien | quand | o[uù] | pourquoi | qui | que | quoi | quel(?:le)?s? | qu['’]est-ce |
    est-ce | peut-on | puis-je | dois-je | faut-il | c['’]est | jusqu
)\b"""
_PREPOSITION = r"""(?:
    met | op | voor | tot | sinds | vanaf | in | aan | naar | van | bij |
    by | from | for | with | on | at | since | until | to | under |
    par | depuis | pour | dans | avec | [àa] | sur | de | en | jusqu(?:['’]|e\s)[àa]
)\s"""
# Where a second question begins. A bare "and" counts only before a word that asks: "roles
# and how to accept them" has a seam, "Chrome and Firefox" none; and after a comma before at
# least four words that end in a question mark ("..., and the fee has to be paid when?").
_SEAM = re.compile(
    rf"""(?ix)
    [,\s]{{1,3}} (?:
        (?:oh?\s)? en \s (?:ook(?:\snog)?|dan|trouwens|nog|daarnaast|verder|tweede)
      | ook \s nog | trouwens | daarnaast | bovendien | alsook | verder
      | (?:oh?\s)? and \s (?:also|then|by \s the \s way|secondly|second)
      | also | btw | by \s the \s way | besides | additionally | secondly
      | (?:oh?\s)? et \s (?:aussi|sinon|puis|ensuite)
      | aussi | sinon | au \s (?:fait|passage) | d['’]ailleurs | par \s ailleurs | de \s plus
      | en \s plus | ainsi \s que | p\.?s\.?
      | (?:en|and|et) (?= \s (?:{_PREPOSITION})? {_ASKING})
      | et (?= [^,.;?]{{0,200}}-(?:t-)?(?:il|elle|on|ils|elles|je|vous|nous)\b)
      | (?<=,\s) (?:en|and|et) (?= \s (?:\S{{1,40}}\s){{3}} [^?]{{0,300}}\?)
    ) (?=[\s,:]) [\s,:]{{0,3}}
    """
)
_WORD = re.compile(r"\w{1,256}")
_MIN_WORDS = 2
_MAX_QUESTIONS = 6
# Twice what a chat message may have: what is longer holds more questions than are answered.
_MAX_CHARS = 8000


def split_questions(text: str) -> list[str]:
    """Cut a message at the ends of its sentences and where a further question may begin.

    Gives the parts that have words enough to ask something; none when there is only one.
    A seam is a guess ("Chrome and Firefox" asks one thing): whoever uses the parts has to
    weigh what they mean.
    """
    parts = [
        part
        for part in _parts(_squeezed(clean(text[:_MAX_CHARS])))
        if len(_WORD.findall(part)) >= _MIN_WORDS
    ]
    return parts if 1 < len(parts) <= _MAX_QUESTIONS else []


def _squeezed(text: str) -> str:
    """Make one of each run of blanks or line breaks: the patterns above count on it."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _parts(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        yield from (part.strip(" ,:") for part in _SEAM.split(sentence))
