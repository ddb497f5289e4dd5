"""Running the custom actions in the assistant's own process."""

from collections.abc import Iterable
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """An action endpoint that calls `actions/` instead of posting JSON over HTTP.

    The domain is handed over once, not serialised for every call.
    """

    def __init__(self) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self.domain: dict[str, Any] = {}
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    def use(self, actions: Iterable[Action]) -> None:
        """Call these actions instead of the ones of the same names."""
        for action in actions:
            self._executor.register_action(action)

    async def request(self, *_: Any, **arguments: Any) -> Any:
        """Run the action that the call names and give its events and responses."""
        call = {**arguments["json"], "domain": self.domain}
        return await self._executor.run(call)
