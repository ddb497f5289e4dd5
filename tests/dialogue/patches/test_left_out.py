"""In processes of their own: what a process has imported cannot be taken back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[3]

_WITH_RASA = """
import json, sys
import rasa.core.agent
import tensorflow
from rasa.core.policies.ted_policy import TED
from rasa.nlu.classifiers.diet_classifier import DIET
from rasa.nlu.persistor import AWSPersistor
from rasa.core.channels.twilio import TwilioOutput
from rasa.utils.plotting import plot_confusion_matrix
from rasa.utils.tensorflow.layers import Ffnn
from rasa.utils.tensorflow.models import RasaModel
from bot.dialogue.patches.left_out import PackageLeftOut, stand_in
stand_in()

def outcome(build):
    try:
        return "built " + repr(build())
    except PackageLeftOut as error:
        return str(error)
    except BaseException as error:
        return "other error: " + repr(error)

print(json.dumps({
    "file": getattr(tensorflow, "__file__", None),
    "real": sorted(
        name for name, module in sys.modules.items()
        if name.split(".")[0] in {"tensorflow", "keras"} and getattr(module, "__file__", None)
    ),
    "finders": sum(type(finder).__module__ == "bot.dialogue.patches.left_out"
                   for finder in sys.meta_path),
    "built": {
        "RasaModel": outcome(lambda: RasaModel(random_seed=1)),
        "Ffnn": outcome(lambda: Ffnn([1], 0.1, 0.1, 0.1, "x")),
        "DIET": outcome(lambda: DIET({}, {}, False, {})),
        "TED": outcome(lambda: TED({}, {}, True, {}, None)),
        "boto3": outcome(lambda: AWSPersistor("bucket")),
        "twilio": outcome(lambda: TwilioOutput("a", "b", "c")),
        "matplotlib": outcome(lambda: plot_confusion_matrix([[1]], ["a"])),
        "seed": outcome(lambda: tensorflow.random.set_seed(1)),
    },
}))
"""

_INSTALLED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import rasa.core.agent, slack_sdk
print(json.dumps(slack_sdk.__file__))
"""

_OTHER_MODULES = """
import json, rasa.shared
found = []
for name in ("tensorflow_io_that_does_not_exist", "numpy", "kerastuner_that_does_not_exist"):
    try:
        found.append(bool(__import__(name).__file__))
    except ModuleNotFoundError:
        found.append(None)
print(json.dumps(found))
"""

_WITHOUT_RASA = """
import json, sys
import bot.settings
loaded = sorted(name for name in sys.modules if name.startswith("bot.dialogue"))
try:
    import tensorflow
    loaded.append("tensorflow")
except ModuleNotFoundError:
    pass
print(json.dumps(loaded))
"""


def run(code: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def process() -> dict[str, Any]:
    return run(_WITH_RASA)


def test_rasas_agent_is_imported_without_tensorflow(process: dict[str, Any]) -> None:
    assert process["file"] is None
    assert process["real"] == []


def test_standing_in_twice_is_standing_in_once(process: dict[str, Any]) -> None:
    assert process["finders"] == 1


@pytest.mark.parametrize("name", ["DIET", "Ffnn", "RasaModel", "TED"])
def test_a_class_that_needs_tensorflow_fails_loudly_and_says_what_to_do(
    process: dict[str, Any], name: str
) -> None:
    message = process["built"][name]

    assert message.startswith(f"{name} needs TensorFlow")
    assert "take the component out of config.yml" in message


def test_a_call_into_tensorflow_fails_as_loudly(process: dict[str, Any]) -> None:
    assert process["built"]["seed"].startswith("set_seed needs TensorFlow")


@pytest.mark.parametrize("name", ["boto3", "matplotlib", "twilio"])
def test_what_needs_another_package_names_it(process: dict[str, Any], name: str) -> None:
    assert f'pip install "{name}"' in process["built"][name]


def test_a_package_that_is_installed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "slack_sdk").mkdir()
    for path in ("__init__.py", "errors.py", "web/async_client.py"):
        file = tmp_path / "slack_sdk" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text("class SlackApiError(Exception): ...\nclass AsyncWebClient: ...\n")

    assert run(_INSTALLED, str(tmp_path)) == str(tmp_path / "slack_sdk" / "__init__.py")


def test_other_modules_are_found_or_missing_as_before() -> None:
    assert run(_OTHER_MODULES) == [None, True, None]


def test_the_assistant_is_imported_without_scikit_learn() -> None:
    code = "import json, sys, bot.dialogue.assistant; print(json.dumps('sklearn' in sys.modules))"

    assert run(code) is False


def test_a_process_without_rasa_sees_no_change() -> None:
    assert run(_WITHOUT_RASA) == [
        "bot.dialogue",
        "bot.dialogue.patches",
        "bot.dialogue.patches.startup",
    ]
