from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.interfaces import ActionNotFoundException

from bot.dialogue.in_process_actions import InProcessActions
from bot.dialogue.patches.trusted_actions import trust_own_actions
from bot.dialogue.responses import GuidanceResponses
from bot.language import LANGUAGES
from bot.settings import Settings

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def actions() -> InProcessActions:
    return InProcessActions()


def call(name: str, language: str = "nl", **latest: Any) -> dict[str, Any]:
    """Write an action call as Rasa posts it, without the domain."""
    tracker = {"sender_id": "an", "slots": {"language": language}, "latest_message": latest}
    return {"next_action": name, "sender_id": "an", "tracker": {**tracker, "events": []}}


async def test_the_named_action_runs_and_its_answer_comes_back(actions: InProcessActions) -> None:
    result = await actions.request(json=call("action_hand_over"), method="post", timeout=10)

    assert result["events"] == []
    assert [said["response"] for said in result["responses"]] == ["utter_hand_over"]


async def test_an_action_that_does_not_exist_fails_by_name(actions: InProcessActions) -> None:
    with pytest.raises(ActionNotFoundException, match="action_nonsense"):
        await actions.request(json=call("action_nonsense"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_action_reads_the_domain_that_was_handed_over_once(language: str) -> None:
    actions = InProcessActions()
    condition = [{"type": "slot", "name": "language", "value": language}]
    title = {"text": "…", "condition": condition, "metadata": {"title": f"Titel {language}"}}
    actions.domain = {"responses": {"utter_faq/grey_screen": [title]}}
    ranking = [{"name": "faq/grey_screen", "confidence": 0.4, "probability": 0.4}]

    result = await actions.request(json=call("action_clarify", language, intent_ranking=ranking))

    buttons = result["responses"][0]["buttons"]
    assert buttons[0] == {"title": f"Titel {language}", "payload": f"Titel {language}"}


async def test_the_call_itself_is_left_as_it_was(actions: InProcessActions) -> None:
    posted = call("action_hand_over")

    await actions.request(json=posted)

    assert posted == call("action_hand_over")


async def test_every_action_of_the_domain_can_be_called(
    actions: InProcessActions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    declared = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["actions"]
    monkeypatch.setenv("CYBO_DATA_DIR", str(tmp_path))

    for name in declared:
        try:
            await actions.request(json=call(name))
        except ActionNotFoundException:
            pytest.fail(f"{name} is declared in domain.yml and not in actions/")
        except Exception:  # noqa: BLE001 (an empty tracker is not what it expects)
            continue


@pytest.mark.parametrize("is_trusted", [False, True])
async def test_rasa_runs_an_action_through_it(
    actions: InProcessActions, domain: Domain, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    validate = RemoteAction._validate_action_result
    monkeypatch.setattr(RemoteAction, "_validate_action_result", validate)
    if is_trusted:
        trust_own_actions()
    tracker = DialogueStateTracker("an", domain.slots)
    tracker.update(SlotSet("language", "nl"))
    responses = GuidanceResponses(domain=domain, settings=Settings())
    responses.responses = {"utter_hand_over": [{"text": "Bel {contact_phone}.", "metadata": {}}]}

    events = await RemoteAction("action_hand_over", actions).run(
        CollectingOutputChannel(), responses, tracker, domain
    )

    assert [type(event) for event in events] == [BotUttered]
    assert events[0].text == f"Bel {Settings().contact_phone}."


def test_rasa_does_not_serialise_the_domain_for_every_call(
    actions: InProcessActions, domain: Domain
) -> None:
    tracker = DialogueStateTracker("an", domain.slots)

    posted = RemoteAction("action_hand_over", actions)._action_call_format(tracker, domain)

    assert "domain" not in posted
