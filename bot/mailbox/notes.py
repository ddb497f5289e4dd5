"""Notes below a mail's text, for the people who read it with a ticket."""

from collections.abc import Mapping

from bot.language import DEFAULT_LANGUAGE, LANGUAGES

TEXT_CUT: Mapping[str, str] = {
    "en": "[The mail is longer. This is its beginning; all of it is in the mailbox.]",
    "fr": "[Le message est plus long. En voici le début ; le tout se trouve dans la boîte de "
    "réception.]",
    "nl": "[De mail is langer. Dit is het begin; de volledige mail staat in de mailbox.]",
}
TEXT_ONLY: Mapping[str, str] = {
    "en": "[Only the text of this mail is kept here. The mail itself, with its attachments, is in "
    "the mailbox.]",
    "fr": "[Seul le texte de ce message est conservé ici. Le message lui-même, avec ses annexes, "
    "se trouve dans la boîte de réception.]",
    "nl": "[Van deze mail is hier alleen de tekst bewaard. De mail zelf, met de bijlagen, staat in "
    "de mailbox.]",
}


def note(words: Mapping[str, str], language: str) -> str:
    """Give a note in the language of a mail."""
    return words[language if language in LANGUAGES else DEFAULT_LANGUAGE]
