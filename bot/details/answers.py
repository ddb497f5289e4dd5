"""Answers to the form that are no detail: yes and no, and what is to be changed."""

import re

ADD_TO_TICKET, CHANGE_SLOT = "add_to_ticket", "detail_to_change"
YES_NO_SLOTS = ("add_filing", "confirm_ticket", ADD_TO_TICKET)
YES, NO = "true", "false"
NO_CHANGE = "nothing"

# The two buttons under "add to the existing request?", and how people take up their words.
_SEPARATE = re.compile(
    r"(?i)\b(?:nieuwe|nouvelle|new|autre|another|andere|aparte?|afzonderlijke?|separate|s[ée]par[ée]e?)\b"
)
_JOIN = re.compile(
    r"(?i)\b(?:toevoegen|voeg|bijvoegen|bestaande|add|existing|ajoute[rz]?|existante|joindre)\b"
)


def joins_earlier(text: str) -> bool | None:
    """Say which of the two buttons a text takes up: adding, or a new request; None for neither."""
    is_separate, is_joined = bool(_SEPARATE.search(text)), bool(_JOIN.search(text))
    return is_joined if is_separate != is_joined else None
