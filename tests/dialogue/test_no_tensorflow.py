"""In processes of their own: what a process has imported cannot be taken back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]

_WITH_RASA = """
import json, sys
from bot.dialogue.no_tensorflow import TensorFlowLeftOut, replace_tensorflow
replace_tensorflow()
replace_tensorflow()

import rasa.core.agent
import tensorflow
from rasa.core.policies.ted_policy import TED
from rasa.nlu.classifiers.diet_classifier import DIET
from rasa.utils.tensorflow.layers import Ffnn
from rasa.utils.tensorflow.models import RasaModel

def outcome(build):
    try:
        return "built " + repr(build())
    except TensorFlowLeftOut as error:
        return str(error)
    except BaseException as error:
        return "other error: " + repr(error)

print(json.dumps({
    "file": getattr(tensorflow, "__file__", None),
    "real": sorted(
        name for name, module in sys.modules.items()
        if name.split(".")[0] in {"tensorflow", "keras"} and getattr(module, "__file__", None)
    ),
    "finders": sum(type(finder).__module__ == "bot.dialogue.no_tensorflow"
                   for finder in sys.meta_path),
    "built": {
        "RasaModel": outcome(lambda: RasaModel(random_seed=1)),
        "Ffnn": outcome(lambda: Ffnn([1], 0.1, 0.1, 0.1, "x")),
        "DIET": outcome(lambda: DIET({}, {}, False, {})),
        "TED": outcome(lambda: TED({}, {}, True, {}, None)),
    },
}))
"""

_ALREADY_THERE = """
import json, sys, types
sys.modules["tensorflow"] = real = types.ModuleType("tensorflow")
real.answer = 42
from bot.dialogue.no_tensorflow import replace_tensorflow
replace_tensorflow()
import tensorflow
print(json.dumps({"is_same": tensorflow is real, "finders": len(
    [f for f in sys.meta_path if type(f).__module__ == "bot.dialogue.no_tensorflow"])}))
"""

_OTHER_MODULES = """
import json
from bot.dialogue.no_tensorflow import replace_tensorflow
replace_tensorflow()
found = []
for name in ("tensorflow_io_that_does_not_exist", "numpy", "kerastuner_that_does_not_exist"):
    try:
        found.append(bool(__import__(name).__file__))
    except ModuleNotFoundError:
        found.append(None)
print(json.dumps(found))
"""


def run(code: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
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


def test_replacing_it_twice_is_replacing_it_once(process: dict[str, Any]) -> None:
    assert process["finders"] == 1


@pytest.mark.parametrize("name", ["DIET", "Ffnn", "RasaModel", "TED"])
def test_a_class_that_needs_tensorflow_fails_loudly_and_says_what_to_do(
    process: dict[str, Any], name: str
) -> None:
    message = process["built"][name]

    assert message.startswith(f"{name} needs TensorFlow")
    assert "rasa run" in message


def test_tensorflow_that_was_imported_before_is_left_alone() -> None:
    assert run(_ALREADY_THERE) == {"is_same": True, "finders": 0}


def test_other_modules_are_found_or_missing_as_before() -> None:
    assert run(_OTHER_MODULES) == [None, True, None]
