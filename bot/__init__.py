"""Cybo: a helpdesk assistant in Dutch, French and English.

The core (``details``, ``guidance``, ``language``, ``privacy``, ``tickets``,
``understanding``) knows nothing of Rasa, HTTP or the clock; the adapters
(``nlu``, ``dialogue``, ``storage``, ``channels``, ``shell``) bring those in.
"""
