"""Words and phrases that visitors write alike in every language.

Names of products, terms of the trade and pasted error texts say nothing about the
language of who pastes them.
"""

import re

from bot.language.words import words_of

_WORDS = frozenset(
    """
    ok okay oke aadb csam err idaas ssl bad cert client auth empty response filing emcs ncts
    plda eid itsme isabel globalsign quovadis luxtrust pdf xbrl pin id vat nbb bnb cbso
    chrome edge firefox windows mac outlook excel cybo hm hmm euh ah oh sms app mail email
    nv sa bv srl bvba sprl vzw asbl model micro it http https www com be eu login test super
    top stop
    ata b2b backup bosa browser cache cookie cookies e error errors feedback firewall gmail
    helpdesk intrastat iphone laptop link links macbook offline online peppol proxy reset
    safari screenshot script software system taric token tokens update vpn wifi xml zip
    """.split()
)
# English in every browser and on every server, whoever looks at it.
_PASTED = re.compile(
    r"""(?ix)
    (?:there \s are \s)? script \s errors \s preventing \s it \s from \s being \s loaded
    | (?:this|the) \s (?:site|page|webpage) \s (?:can['’]?t|cannot) \s be \s (?:reached|displayed)
    | your \s connection \s (?:is \s not \s private|was \s reset|has \s been \s reset)
    | (?:did \s not|didn['’]?t) \s send \s any \s data
    | (?:took \s too \s long \s to \s respond|sent \s an \s invalid \s response)
    | bad \s (?:ssl|certificate) (?:\s client \s auth \s cert)?
    | empty \s response | access \s (?:is \s)? denied | secure \s connection \s failed
    | (?:internal \s)? server \s error | bad \s gateway | page \s not \s found
    | service \s unavailable | request \s timed? [\s-] out | session \s (?:has \s)? expired
    | (?:system|server|machine) [\s-] to [\s-] (?:system|server|machine)
    """
)


def telling_words(text: str) -> list[str]:
    """Give the words of ``text``, in lower case, that may tell its language."""
    return [word for word in words_of(_PASTED.sub(" ", text)) if word not in _WORDS]


def is_neutral(text: str) -> bool:
    """Say whether the message could be written in any of the languages."""
    return not telling_words(text)
