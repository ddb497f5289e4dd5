"""Nothing that Rasa sends to its makers.

Rasa 3.6.21 (rasa/telemetry.py) reports every command to a service of its makers, and errors to
Sentry with an option that Sentry's package dropped at 2.0: `rasa` would stop before it starts.
Cybo promises that nothing leaves the machine, so both are off, whatever the environment says.
"""

import os


def apply() -> None:
    """Switch reporting off, in the way that Rasa documents."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
