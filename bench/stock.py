"""A stock Rasa project on Cybo's data: the pipeline and policies of `rasa init`."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

_PIPELINE = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
_POLICIES = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5},
    {"name": "TEDPolicy", "max_history": 5, "constrain_similarities": True},
]
_LEARNING = {"DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"}
_ENVIRONMENT = Path(__file__).parent / ".venv-stock"
DEFAULT_EPOCHS = 100
"""What `rasa init` writes for every learning component."""


class StockMissing(Exception):
    """Stock Rasa cannot be had here; the message says why."""


def rasa() -> Path:
    """Give the `rasa` command of an environment with TensorFlow, built when it is missing.

    Takes minutes and 2.5 GB, once. Raises: StockMissing, saying what is needed.
    """
    command = _ENVIRONMENT / "bin" / "rasa"
    if command.exists():
        return command
    uv = shutil.which("uv") or shutil.which(str(Path(sys.executable).parent / "uv"))
    if uv is None:
        raise StockMissing(
            "it needs an environment of its own, on Python 3.10 with TensorFlow 2.12; "
            "install uv (pip install uv), which builds it"
        )
    print(f"Building {_ENVIRONMENT} ...", flush=True)
    python = str(_ENVIRONMENT / "bin" / "python")
    # Without the project's settings, which leave TensorFlow out.
    install = [uv, "pip", "install", "--quiet", "--no-config", "--python", python, "rasa==3.6.21"]
    try:
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", "3.10", str(_ENVIRONMENT)], check=True
        )
        subprocess.run(install, check=True)
    except subprocess.CalledProcessError as error:
        raise StockMissing(
            "it needs Python 3.10 and TensorFlow 2.12, and uv, whose message stands above, "
            "could not bring them"
        ) from error
    return command


def prepare(project: Path, folder: Path, *, epochs: int) -> None:
    """Write the stock project: Cybo's domain and data, Rasa's components."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(project / "domain.yml", folder)
    for part in ("nlu", "responses", "stories"):
        shutil.copytree(project / "data" / part, folder / "data" / part)
    # Rasa logs an error for every placeholder that is no slot; Cybo fills these from settings.
    for path in (folder / "data" / "responses").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"{\w+}", "info@example.be", text), encoding="utf-8")
    config = {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [_with_epochs(component, epochs) for component in _PIPELINE],
        "policies": [_with_epochs(policy, epochs) for policy in _POLICIES],
    }
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    (folder / "endpoints.yml").write_text("", encoding="utf-8")


def train(folder: Path) -> float:
    """Train the stock project; gives the seconds it took."""
    started = time.perf_counter()
    with (folder / "train.log").open("wb") as log:
        subprocess.run(
            [str(rasa()), "train"],
            cwd=folder,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return time.perf_counter() - started


def _with_epochs(component: dict[str, object], epochs: int) -> dict[str, object]:
    return {**component, "epochs": epochs} if component["name"] in _LEARNING else component
