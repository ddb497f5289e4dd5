"""Rasa's dialogue engine, embedded: responses, trackers, locks, actions in process."""
