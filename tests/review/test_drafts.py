"""A draft counts as changed when its words are, not when its layout is."""

import pytest

from bot.review.drafts import is_changed

DRAFT = """Geachte An Peeters,

Dit antwoord is voorbereid door Cybo, de geautomatiseerde assistent van het Contact
Center van de Balanscentrale.

Een grijs scherm komt meestal van een oude browser. Werk uw browser bij en probeer
opnieuw. Blijft het scherm grijs, open dan een privévenster en meld u daar aan.

Liever een medewerker? Mail naar helpdesk@balans.example of bel 02 221 30 01.

Stuur nooit wachtwoorden, pincodes of rijksregisternummers.

Met vriendelijke groeten,
Cybo
Contact Center, Balanscentrale
"""
WITHOUT_NOTICE = DRAFT.replace(DRAFT.split("\n\n")[1] + "\n\n", "")
WRAPPED = DRAFT.replace("Werk uw", "Werk\nuw").replace("geautomatiseerde ", "geautomatiseerde\r\n")
SIGNED = DRAFT.replace("Cybo\nContact Center, Balanscentrale", "Piet Janssens\nTel. 02 221 00 00")
QUOTED = DRAFT + "\nOp 24/11/2026 om 10:00 schreef An Peeters:\n> Ik zie een grijs scherm\n"
GREETED = DRAFT.replace("An Peeters", "mevrouw Peeters")
OTHER_ANSWER = DRAFT.replace(
    DRAFT.split("\n\n")[2],
    "Uw certificaat is vervallen. Vraag bij uw leverancier een nieuw aan, dat duurt twee dagen.",
)
LONGER = DRAFT.replace(
    "Liever een", "Ik heb uw dossier nagekeken: " + "uw toegang is hersteld. " * 5
)


@pytest.mark.parametrize("sent", [DRAFT, WITHOUT_NOTICE, WRAPPED, SIGNED, QUOTED, GREETED])
def test_a_trifle_is_no_change(sent: str) -> None:
    assert not is_changed(DRAFT, sent)


@pytest.mark.parametrize("sent", [OTHER_ANSWER, LONGER, "", "Bel ons even."])
def test_other_words_are_a_change(sent: str) -> None:
    assert is_changed(DRAFT, sent)
