"""How well Cybo understands: the held-out messages, the development set, public data."""
