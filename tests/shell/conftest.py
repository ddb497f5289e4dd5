"""The command line, in a data folder of the test's own."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings to an empty folder, and stand in the project's."""
    for name in [name for name in os.environ if name.startswith("CYBO_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "var"
    monkeypatch.setenv("CYBO_DATA_DIR", str(folder))
    monkeypatch.chdir(Path(__file__).parents[2])
    return folder
