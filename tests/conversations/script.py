"""What visitors say in these tests, in each language."""

START = {
    "en": "Ask to have my forms moved",
    "fr": "Introduire une demande de migration",
    "nl": "Een migratieaanvraag starten",
}

ANSWERS = {
    "enterprise_number": dict.fromkeys(("en", "fr", "nl"), "0403.170.701"),
    "closing_date": dict.fromkeys(("en", "fr", "nl"), "31/12/2022"),
    "filing_model": {"en": "Abbreviated model", "fr": "Modèle abrégé", "nl": "Verkort model"},
    "deposit_type": {"en": "Initial filing", "fr": "Dépôt initial", "nl": "Initiële neerlegging"},
    "filing_language": {"en": "Dutch", "fr": "Néerlandais", "nl": "Nederlands"},
    "certificate_owner": dict.fromkeys(("en", "fr", "nl"), "An Peeters"),
    "certificate_email": dict.fromkeys(("en", "fr", "nl"), "an@example.be"),
    "certificate_number": dict.fromkeys(("en", "fr", "nl"), "4A:7F:02"),
    "certificate_type": dict.fromkeys(("en", "fr", "nl"), "GlobalSign"),
    "add_filing": {"en": "No", "fr": "Non", "nl": "Nee"},
    "confirm_ticket": {"en": "Yes", "fr": "Oui", "nl": "Ja"},
    "add_to_ticket": {"en": "Yes", "fr": "Oui", "nl": "Ja"},
}
"""One right answer to each question of the form, in the form's order.

``add_to_ticket`` is asked when an earlier ticket is about the same accounts.
"""

VALUES = {
    "enterprise_number": "0403170701",
    "closing_date": "2022-12-31",
    "filing_model": "abbreviated",
    "deposit_type": "initial",
    "filing_language": "nl",
    "certificate_owner": "An Peeters",
    "certificate_email": "an@example.be",
    "certificate_number": "4A:7F:02",
    "certificate_type": "globalsign",
    "add_filing": False,
    "confirm_ticket": True,
}
"""The slots after those answers."""

SLOTS = tuple(ANSWERS)

QUESTION = {"en": "What is IDAAS?", "fr": "C'est quoi IDAAS ?", "nl": "Wat is IDAAS?"}
GREY_SCREEN = {
    "en": "I see a grey screen",
    "fr": "Mon écran reste gris",
    "nl": "Ik zie een grijs scherm",
}
NO_HELP = {"en": "that did not help", "fr": "ça n'a pas aidé", "nl": "dat hielp niet"}
A_PERSON = {
    "en": "I want to speak to a person",
    "fr": "Je veux parler à quelqu'un",
    "nl": "Ik wil een medewerker spreken",
}
CANCEL = {
    "en": "Stop this request",
    "fr": "Arrêter cette demande",
    "nl": "Deze aanvraag stopzetten",
}
START_OVER = {
    "en": "let's start over from scratch",
    "fr": "on recommence tout depuis le début",
    "nl": "begin maar helemaal opnieuw",
}
NEW_REQUEST = {
    "en": "Open a new request",
    "fr": "Ouvrir une nouvelle demande",
    "nl": "Een nieuwe aanvraag openen",
}
THANKS = {"en": "thank you", "fr": "merci", "nl": "dank u"}
HUMAN = {
    "en": "I want to speak to a person",
    "fr": "Je veux parler à quelqu’un",
    "nl": "Ik wil een medewerker spreken",
}
SECRET = {
    "en": "my PIN code is 48213759",
    "fr": "mon code PIN est 48213759",
    "nl": "mijn pincode is 48213759",
}
CORRECTION = {
    "en": "sorry, the enterprise number is 0203.201.340",
    "fr": "pardon, le numéro d'entreprise est 0203.201.340",
    "nl": "sorry, het ondernemingsnummer is 0203.201.340",
}
OTHER_LANGUAGE = {"en": "nl", "fr": "en", "nl": "fr"}
SWITCH = {
    "en": "can we continue in English please",
    "fr": "on peut continuer en français svp ?",
    "nl": "kunnen we verder in het Nederlands aub",
}
WRONG = {
    "enterprise_number": "0403.170.702",
    "closing_date": "31/02/2023",
    "filing_model": "xyzzy",
    "deposit_type": "xyzzy",
    "filing_language": "xyzzy",
    "certificate_owner": "12345",
    "certificate_email": "an@example",
    "certificate_number": "????",
    "certificate_type": "eID",
    "add_filing": "xyzzy",
    "confirm_ticket": "xyzzy",
    "add_to_ticket": "xyzzy",
}
"""An answer that each question must refuse."""

MISSING_FORMS = {
    "en": "I cannot find my forms",
    "fr": "je ne retrouve plus mes formulaires depuis février",
    "nl": "Ik vind mijn formulieren niet terug",
}
FULL_REQUEST = {
    "en": "please migrate: enterprise number 0403.170.701, closed on 31/12/2022, "
    "abbreviated model, certificate GlobalSign in the name of An Peeters, "
    "an@example.be, number 4A:7F:02",
    "fr": "merci de migrer : numéro d'entreprise 0403.170.701, clôturé au 31/12/2022, "
    "modèle abrégé, certificat GlobalSign au nom de An Peeters, an@example.be, numéro 4A:7F:02",
    "nl": "graag migreren: ondernemingsnummer 0403.170.701, afgesloten op 31/12/2022, "
    "verkort model, certificaat GlobalSign op naam van An Peeters, an@example.be, nummer 4A:7F:02",
}

TWO_QUESTIONS = {
    "en": "What is IDAAS? And which browser should I use?",
    "fr": "C'est quoi IDAAS ? Et quel navigateur dois-je utiliser ?",
    "nl": "Wat is IDAAS? En welke browser moet ik gebruiken?",
}
"""About ``what_is_idaas`` and ``browsers``."""
