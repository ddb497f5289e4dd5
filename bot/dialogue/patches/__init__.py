"""What we change in Rasa 3.6.21, its last open release, one module a change.

Rasa asks for Python 3.10 and packages of 2022. Every module here says what it changes, why,
and in which version that was read; tests/dialogue/patches holds each against the installed
packages, so that a new version of one cannot undo or outgrow a change unseen.

``startup`` puts those in place that every process needs, `rasa` commands included. The others
are called by who wants them: ``trained_domain`` and ``trusted_actions`` by the assistant,
``training_detours`` by `cybo train`.
"""
