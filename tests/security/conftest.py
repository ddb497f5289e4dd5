"""The fixtures of the gateway and of the desk, for those who mean no good."""

from tests.channels.conftest import assistant, clock, feedback, serve

__all__ = ["assistant", "clock", "feedback", "serve"]
