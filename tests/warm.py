"""What every command needs, imported once, and the model read: see tests/forked.py."""

import tempfile
from pathlib import Path
from typing import Any

from bot.shell.threads import one_thread_a_process

one_thread_a_process()

from bot.dialogue.patches.quiet import quieten  # noqa: E402 (NumPy counts threads at its import)

quieten()

import rasa.core.processor as rasa_processor  # noqa: E402
from rasa.engine.loader import load_predict_graph_runner  # noqa: E402
from rasa.engine.runner.dask import DaskGraphRunner  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402

import bot.mailbox.build  # noqa: E402
import bot.shell.serve  # noqa: E402, F401
from bot.dialogue.patches.trained_domain import trusting_the_trained_domain  # noqa: E402
from bot.shell.app import main  # noqa: E402

__all__ = ["main"]

_MODEL = Path(__file__).parents[1] / "models" / "cybo.tar.gz"


def _read_model() -> None:
    """Have Rasa's loader give the model that was read here; any other one is read as ever."""
    with tempfile.TemporaryDirectory() as folder, trusting_the_trained_domain():
        read = load_predict_graph_runner(Path(folder), _MODEL, LocalModelStorage, DaskGraphRunner)

    def load(storage_path: Path, model_archive_path: Path, *classes: Any) -> Any:
        if model_archive_path.resolve() == _MODEL:
            return read
        return load_predict_graph_runner(storage_path, model_archive_path, *classes)

    rasa_processor.loader.load_predict_graph_runner = load


if _MODEL.exists():
    _read_model()
