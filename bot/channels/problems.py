"""What a caller did wrong, in the caller's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.language import DEFAULT_LANGUAGE, LANGUAGES

_MESSAGES: Mapping[str, Mapping[str, str]] = {
    "body_too_large": {
        "en": "The request is larger than {limit} bytes. Send a shorter message.",
        "fr": "La requête dépasse {limit} octets. Envoyez un message plus court.",
        "nl": "Het verzoek is groter dan {limit} bytes. Stuur een korter bericht.",
    },
    "content_encoding": {
        "en": "The body must not be compressed. Send it without Content-Encoding.",
        "fr": "Le corps ne peut pas être compressé. Envoyez-le sans Content-Encoding.",
        "nl": "De inhoud mag niet gecomprimeerd zijn. Stuur ze zonder Content-Encoding.",
    },
    "too_slow": {
        "en": "The request did not arrive in time. Send it again.",
        "fr": "La requête n’est pas arrivée à temps. Envoyez-la à nouveau.",
        "nl": "Het verzoek is niet op tijd aangekomen. Stuur het opnieuw.",
    },
    "content_type": {
        "en": "The body must be JSON, sent with Content-Type: application/json.",
        "fr": "Le corps doit être du JSON, envoyé avec Content-Type: application/json.",
        "nl": "De inhoud moet JSON zijn, verstuurd met Content-Type: application/json.",
    },
    "invalid_json": {
        "en": "The body is not valid JSON. Send an object with “sender” and “message”.",
        "fr": "Le corps n’est pas du JSON valide. Envoyez un objet avec « sender » et « message ».",
        "nl": "De inhoud is geen geldige JSON. Stuur een object met “sender” en “message”.",
    },
    "not_an_object": {
        "en": "The body must be a JSON object with “sender” and “message”.",
        "fr": "Le corps doit être un objet JSON avec « sender » et « message ».",
        "nl": "De inhoud moet een JSON-object zijn met “sender” en “message”.",
    },
    "invalid_sender": {
        "en": "“sender” must be a text of 1 to 255 characters that names the conversation.",
        "fr": "« sender » doit être un texte de 1 à 255 caractères qui désigne la conversation.",
        "nl": "“sender” moet een tekst van 1 tot 255 tekens zijn die het gesprek aanduidt.",
    },
    "sender_characters": {
        "en": "“sender” must not contain line breaks or other control characters.",
        "fr": "« sender » ne peut contenir ni saut de ligne ni autre caractère de contrôle.",
        "nl": "“sender” mag geen regeleinden of andere besturingstekens bevatten.",
    },
    "reserved_sender": {
        "en": "Names that begin with {names} are Cybo’s own. Choose another “sender”.",
        "fr": "Les noms qui commencent par {names} sont réservés à Cybo. "
        "Choisissez un autre « sender ».",
        "nl": "Namen die met {names} beginnen, zijn voor Cybo zelf. Kies een andere “sender”.",
    },
    "invalid_message": {
        "en": "“message” must be a text.",
        "fr": "« message » doit être un texte.",
        "nl": "“message” moet een tekst zijn.",
    },
    "empty_message": {
        "en": "The message is empty. Write in a few words where you get stuck.",
        "fr": "Le message est vide. Écrivez en quelques mots où cela bloque.",
        "nl": "Het bericht is leeg. Schrijf in een paar woorden waar u vastzit.",
    },
    "message_too_long": {
        "en": "The message has more than {limit} characters. Please shorten it.",
        "fr": "Le message compte plus de {limit} caractères. Raccourcissez-le.",
        "nl": "Het bericht telt meer dan {limit} tekens. Maak het korter.",
    },
    "invalid_metadata": {
        "en": '“metadata” must be an object, for example {{"language": "nl"}}.',
        "fr": '« metadata » doit être un objet, par exemple {{"language": "fr"}}.',
        "nl": '“metadata” moet een object zijn, bijvoorbeeld {{"language": "nl"}}.',
    },
    "invalid_language": {
        "en": "“metadata.language” must be one of {languages}.",
        "fr": "« metadata.language » doit être l’une de ces valeurs : {languages}.",
        "nl": "“metadata.language” moet een van deze waarden zijn: {languages}.",
    },
    "too_many_messages": {
        "en": "Too many messages in a short time. Please wait {seconds} seconds.",
        "fr": "Trop de messages en peu de temps. Attendez {seconds} secondes.",
        "nl": "Te veel berichten in korte tijd. Wacht {seconds} seconden.",
    },
    "unauthorized": {
        "en": "Send the API token as “Authorization: Bearer …”.",
        "fr": "Envoyez le jeton d’API sous la forme « Authorization: Bearer … ».",
        "nl": "Stuur het API-token mee als “Authorization: Bearer …”.",
    },
    "not_found": {
        "en": "There is nothing at this address.",
        "fr": "Il n’y a rien à cette adresse.",
        "nl": "Er staat niets op dit adres.",
    },
    "method_not_allowed": {
        "en": "This address does not take this method.",
        "fr": "Cette adresse n’accepte pas cette méthode.",
        "nl": "Dit adres aanvaardt deze methode niet.",
    },
    "unknown_version": {
        "en": "This chat speaks version {version} of its format. Reload the page.",
        "fr": "Ce chat utilise la version {version} de son format. Rechargez la page.",
        "nl": "Deze chat gebruikt versie {version} van zijn formaat. Herlaad de pagina.",
    },
    "unknown_type": {
        "en": "“type” must be hello, message or feedback.",
        "fr": "« type » doit être hello, message ou feedback.",
        "nl": "“type” moet hello, message of feedback zijn.",
    },
    "invalid_id": {
        "en": "“{field}” must be an identifier of 8 to 64 letters, digits and hyphens.",
        "fr": "« {field} » doit être un identifiant de 8 à 64 lettres, chiffres et traits d’union.",
        "nl": "“{field}” moet een kenmerk van 8 tot 64 letters, cijfers en koppeltekens zijn.",
    },
    "invalid_thumb": {
        "en": "“thumb” must be up or down.",
        "fr": "« thumb » doit être up ou down.",
        "nl": "“thumb” moet up of down zijn.",
    },
    "hello_first": {
        "en": "Send a “hello” before anything else.",
        "fr": "Envoyez d’abord un « hello ».",
        "nl": "Stuur eerst een “hello”.",
    },
    "session_expired": {
        "en": "This chat has expired. Start a new one.",
        "fr": "Cette conversation a expiré. Commencez-en une nouvelle.",
        "nl": "Dit gesprek is verlopen. Begin een nieuw gesprek.",
    },
    "origin_not_allowed": {
        "en": "Pages of {origin} may not use this chat. Add it to CYBO_ALLOWED_ORIGINS.",
        "fr": "Les pages de {origin} ne peuvent pas utiliser ce chat. "
        "Ajoutez ce site à CYBO_ALLOWED_ORIGINS.",
        "nl": "Pagina’s van {origin} mogen deze chat niet gebruiken. "
        "Voeg die site toe aan CYBO_ALLOWED_ORIGINS.",
    },
    "too_many_connections": {
        "en": "Too many chats are open from your network. Close one, or try again later.",
        "fr": "Trop de conversations sont ouvertes depuis votre réseau. "
        "Fermez-en une ou réessayez plus tard.",
        "nl": "Er staan te veel gesprekken open vanaf uw netwerk. "
        "Sluit er een of probeer het later opnieuw.",
    },
    "too_many_visitors": {
        "en": "All our chats are taken right now. Please try again in a minute.",
        "fr": "Toutes nos conversations sont occupées pour l’instant. Réessayez dans une minute.",
        "nl": "Al onze gesprekken zijn nu bezet. Probeer het over een minuut opnieuw.",
    },
    "conversation_full": {
        "en": "This conversation has become too long to go on with. Everything you told us is "
        "kept. Start a new conversation, or come back to this one in an hour. "
        "If you prefer to speak to somebody: {email} or {phone}.",
        "fr": "Cette conversation est devenue trop longue pour continuer ici. Tout ce que vous "
        "nous avez dit est conservé. Commencez une nouvelle conversation ou revenez à celle-ci "
        "dans une heure. Si vous préférez parler à quelqu’un : {email} ou {phone}.",
        "nl": "Dit gesprek is te lang geworden om hier verder te gaan. Alles wat u ons hebt "
        "verteld, blijft bewaard. Begin een nieuw gesprek of kom over een uur op dit gesprek "
        "terug. Spreekt u liever iemand? {email} of {phone}.",
    },
    "internal": {
        "en": "Something went wrong on our side. Mention {reference} if you report it.",
        "fr": "Une erreur s’est produite chez nous. Si vous la signalez, mentionnez {reference}.",
        "nl": "Er ging bij ons iets mis. Vermeld {reference} als u het meldt.",
    },
}

CODES = frozenset(_MESSAGES)


@dataclass(frozen=True)
class Problem(Exception):
    """A request that cannot be answered as it is. ``values`` fill the message's placeholders."""

    status: int
    code: str
    values: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None

    def message(self, language: str | None) -> str:
        """Say what is wrong and what to do, in the caller's language."""
        known = language if language in LANGUAGES else DEFAULT_LANGUAGE
        return _MESSAGES[self.code][known].format(**(self.values or {}))

    def as_json(self, language: str | None) -> dict[str, dict[str, str]]:
        """Give the body of the error response."""
        return {"error": {"code": self.code, "message": self.message(language)}}


def preferred_language(accept_language: str) -> str | None:
    """Read the first of our languages in an Accept-Language header (RFC 9110 §12.5.4)."""
    weighted = []
    for position, part in enumerate(accept_language.split(",")):
        tag, _, parameters = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        try:
            weight = float(parameters.partition("=")[2] or 1)
        except ValueError:
            continue
        if language in LANGUAGES and weight > 0:
            weighted.append((-weight, position, language))
    return min(weighted)[2] if weighted else None
