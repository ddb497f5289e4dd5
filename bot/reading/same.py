"""What a message says is the same as in the filing before: "same firm, boekjaar 2023"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.details.model import FILING_DETAILS, Mention
from bot.reading.filings import DATE, NUMBER, Filings
from bot.reading.model import SAME, Stated

WHOLE = "filing"
"""Names all details of a filing at once: "for the rest the same"."""

AS_BEFORE = "="
"""Stands for the value of a detail that is as in the filing before, until that is looked up."""


def same_mentions(stated: Sequence[Stated], least: float) -> list[Mention]:
    """Give the details that are the same; ``least``: how certain that must be."""
    return [
        Mention(mark.detail, AS_BEFORE, mark.start, mark.end, mark.filing)
        for mark in stated
        if mark.role == SAME and mark.certainty >= least
    ]


def looked_up(found: Sequence[Mention], filings: Filings, *, begins: bool) -> Iterator[Mention]:
    """Give the values, those that are as before taken from the filing before.

    ``found``: with the filing that each is said of, 0 for the one that is being filled in.
    ``begins``: the message adds a filing, and fills it in next.
    """
    in_turn = filings.count + 1 if begins else filings.in_turn
    numbered = [replace(m, filing=m.filing or in_turn) for m in found]
    known = {n: dict(values) for n, values in enumerate(filings.values, 1)}
    for mention in numbered:
        if mention.value != AS_BEFORE and mention.detail in FILING_DETAILS:
            known.setdefault(mention.filing, {})[mention.detail] = mention.value
    for mention, said in sorted(zip(numbered, found, strict=True), key=lambda pair: pair[0].filing):
        if mention.value != AS_BEFORE:
            yield said
            continue
        target = known.setdefault(mention.filing, {})
        taken = taken_over(mention.detail, known.get(mention.filing - 1, {}), target)
        target.update(taken)
        for name, value in taken.items():
            yield replace(said, detail=name, value=value)


def taken_over(detail: str, earlier: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Give the values of an earlier filing that "the same" means for one of which ``known`` is.

    Two filings of one firm are of two years: all the rest is the same, without the date.
    """
    names = [name for name in FILING_DETAILS if detail in {name, WHOLE}]
    if detail == WHOLE:
        is_another_firm = known.get(NUMBER, earlier.get(NUMBER)) != earlier.get(NUMBER)
        names = [name for name in names if name not in known]
        names = [name for name in names if name != DATE or is_another_firm]
    values = {name: earlier.get(name) for name in names}
    if "filing_model" in values:
        values["filing_model"] = earlier.get("filing_model_code") or values["filing_model"]
    return {name: value for name, value in values.items() if value}
