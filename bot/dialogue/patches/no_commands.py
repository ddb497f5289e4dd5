"""Taking out of a loaded model what obeys messages that begin with a slash.

Rasa 3.6 ends every pipeline with ``RegexMessageHandler``, whatever `config.yml` says: it reads
"/affirm{...}" as an intent by name with whatever entities stand behind it, and "/restart" as a
command. That serves Rasa's own shell and tests. Nothing of ours sends such a message, buttons
send plain words, and a visitor who does must not choose his own intent and slots. A recipe
cannot leave the component out, so it goes after loading; ``cybo serve`` and the other commands
of ours all load through ``Assistant.load``. Written for Rasa 3.6.21.
"""

from typing import Any

from rasa.core.agent import Agent
from rasa.engine.graph import GraphComponent
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.nlu.constants import TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from bot.errors import HelpdeskError


class CommandsRemain(HelpdeskError):
    """The model obeys slashes at a place that this module does not know."""

    def __init__(self, places: int) -> None:
        super().__init__(
            f"{places} components of the model read messages as commands, 1 was expected; "
            "compare rasa/engine/recipes/default_recipe.py with bot/dialogue/patches/no_commands.py"
        )


class WordsAlone(GraphComponent):
    """Stands where Rasa's handler stood, and leaves every message as it is.

    But for the places of its tokens, which Rasa would keep with every message: nobody reads
    them, and they were half of what a conversation took, in memory and in the database.
    """

    @classmethod
    def create(cls, *_: Any, **__: Any) -> "WordsAlone":
        """Make the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message], domain: Any = None) -> list[Message]:
        """Give the messages back. ``domain``: what the handler's place in the graph brings."""
        for message in messages:
            message.output_properties.discard(TEXT_TOKENS)
        return messages


def without_commands(agent: Agent) -> None:
    """Make the agent take every message for words.

    Raises: CommandsRemain, when the model is not built as Rasa 3.6 builds it.
    """
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    handlers = [n for n in nodes if issubclass(n._component_class, RegexMessageHandler)]
    if len(handlers) != 1:
        raise CommandsRemain(len(handlers))
    (node,) = handlers
    node._component_class = WordsAlone
    node._component = WordsAlone.create()
    node._fn = WordsAlone.process
