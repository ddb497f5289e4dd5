"""The letter that tells a requester how a ticket stands."""

from collections.abc import Mapping

from bot.tickets.model import Ticket
from bot.tickets.status import IN_PROGRESS, REJECTED, RESOLVED
from bot.triage.automatic import LOOP_HEADER
from bot.triage.letter import Letter, Office

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Your migration request {reference}",
        "greeting": "Dear Sir or Madam,",
        IN_PROGRESS: (
            "We are working on your migration request {reference}. You do not need to do anything "
            "for now."
        ),
        RESOLVED: (
            "Your migration request {reference} has been dealt with. If anything is still missing, "
            "please let us know."
        ),
        REJECTED: "We could not carry out your migration request {reference}.",
        "words": "A colleague of the Contact Center adds:",
        "person": "Any questions? Write to {email} or call {phone} and mention the reference.",
        "secrets": "Please never send passwords, PIN codes or national register numbers.",
        "automatic": (
            "This message was sent by Cybo, the automated assistant of the Contact Center of the "
            "Central Balance Sheet Office, at the request of a colleague."
        ),
        "closing": "Kind regards,\nContact Center, Central Balance Sheet Office",
    },
    "fr": {
        "subject": "Votre demande de migration {reference}",
        "greeting": "Madame, Monsieur,",
        IN_PROGRESS: (
            "Nous traitons votre demande de migration {reference}. Vous n’avez rien à faire pour "
            "l’instant."
        ),
        RESOLVED: (
            "Votre demande de migration {reference} a été traitée. S’il manque encore quelque "
            "chose, faites-le-nous savoir."
        ),
        REJECTED: "Nous n’avons pas pu donner suite à votre demande de migration {reference}.",
        "words": "Un collaborateur du Contact Center ajoute :",
        "person": (
            "Des questions ? Écrivez à {email} ou appelez le {phone} en mentionnant la référence."
        ),
        "secrets": (
            "N’envoyez jamais de mot de passe, de code PIN ni de numéro de registre national."
        ),
        "automatic": (
            "Ce message a été envoyé par Cybo, l’assistant automatisé du Contact Center de la "
            "Centrale des bilans, à la demande d’un collaborateur."
        ),
        "closing": "Cordialement,\nContact Center, Centrale des bilans",
    },
    "nl": {
        "subject": "Uw migratieaanvraag {reference}",
        "greeting": "Geachte mevrouw, geachte heer,",
        IN_PROGRESS: ("We behandelen uw migratieaanvraag {reference}. U hoeft nu niets te doen."),
        RESOLVED: (
            "Uw migratieaanvraag {reference} is afgehandeld. Ontbreekt er nog iets, laat het ons "
            "dan weten."
        ),
        REJECTED: "We konden uw migratieaanvraag {reference} niet uitvoeren.",
        "words": "Een medewerker van het Contact Center voegt hieraan toe:",
        "person": "Vragen? Mail naar {email} of bel {phone} en vermeld de referentie.",
        "secrets": "Stuur nooit wachtwoorden, pincodes of rijksregisternummers.",
        "automatic": (
            "Dit bericht is verstuurd door Cybo, de geautomatiseerde assistent van het Contact "
            "Center van de Balanscentrale, op vraag van een medewerker."
        ),
        "closing": "Met vriendelijke groeten,\nContact Center, Balanscentrale",
    },
}


def write_status_letter(ticket: Ticket, status: str, added: str, office: Office) -> Letter:
    """Write in the ticket's language. ``added``: a member's own words, or nothing."""
    language = ticket.draft.language
    words = _WORDS[language]
    paragraphs = [words["greeting"], words[status].format(reference=ticket.reference)]
    if added:
        paragraphs.append(f"{words['words']}\n\n{added}")
    paragraphs += [
        words["person"].format(email=office.email, phone=office.phone),
        words["secrets"],
        words["closing"],
        words["automatic"],
    ]
    headers = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        LOOP_HEADER.title(): "1",
        "Content-Language": language,
    }
    subject = words["subject"].format(reference=ticket.reference)
    return Letter(subject, headers, "\n\n".join(paragraphs) + "\n", language)
