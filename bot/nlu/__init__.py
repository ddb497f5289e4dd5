"""Rasa NLU components; `config.yml` puts them in order."""
