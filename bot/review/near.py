"""Texts that are nearly the same: what Cybo is examined on must not be learnt by heart."""

import re
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from bot.understanding.spelling import normalise
from bot.understanding.text import fold

_WORD = re.compile(r"\w{1,256}")
NEAR_COPY = 0.85
"""Cosine of the letters above which one message is a copy of another: one word of six apart."""

# Letters, not the encoder's vectors: those were tuned to lie close together for one topic.
_LETTERS = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), alternate_sign=False)


def near_copies(texts: Sequence[str], others: Sequence[str]) -> list[bool]:
    """Say of each text whether it stands, or nearly stands, among the others."""
    if not texts or not others:
        return [False] * len(texts)
    same = {_words(other) for other in others}
    ours, theirs = (_LETTERS.transform(map(normalise, group)) for group in (texts, others))
    cosines = np.asarray((ours @ theirs.T).max(axis=1).todense())[:, 0]
    return [
        _words(text) in same or bool(best > NEAR_COPY)
        for text, best in zip(texts, cosines, strict=True)
    ]


def _words(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))
