"""Rasa custom actions: slots in, one call of the core, a response out."""
