"""Measuring Cybo beside stock Rasa: `make bench`."""
