"""The actions that use services, with those of the process."""

from actions.form import ValidateMigrationRequestForm
from actions.request import ActionChangeDetail
from actions.services import ServedAction, Services
from actions.status import ActionAnswerStatus
from actions.ticket import ActionOpenTicket

_SERVED: tuple[type[ServedAction], ...] = (
    ActionAnswerStatus,
    ActionChangeDetail,
    ActionOpenTicket,
    ValidateMigrationRequestForm,
)


def actions_with(services: Services) -> list[ServedAction]:
    """Make every action that uses services with these."""
    return [action(services) for action in _SERVED]
