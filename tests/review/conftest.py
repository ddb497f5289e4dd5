"""Keep TensorFlow out before anything imports Rasa."""

from bot.dialogue.no_tensorflow import replace_tensorflow

replace_tensorflow()
