"""The pure core stays free of the frameworks around it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = (
    "accounts",
    "details",
    "figures",
    "guidance",
    "keeping",
    "language",
    "privacy",
    "reading",
    "review",
    "tickets",
    "triage",
    "understanding",
)
FRAMEWORKS = {"rasa", "rasa_sdk", "aiohttp", "sanic", "yaml", "tensorflow"}
# Every module of the package is imported, not only what its __init__ mentions.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("package", CORE)
def test_a_core_package_loads_no_framework(package: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, f"bot.{package}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    loaded = set(json.loads(result.stdout))

    assert f"bot.{package}" in loaded
    assert not loaded & FRAMEWORKS


@pytest.mark.parametrize("package", CORE)
def test_a_core_package_imports_no_adapter(package: str) -> None:
    adapters = ("bot.nlu", "bot.channels", "bot.dialogue", "bot.shell", "bot.storage", "actions")
    lines = [
        f"{path.name}: {line}"
        for path in sorted((ROOT / "bot" / package).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("import ", "from "))
    ]

    assert lines
    assert not [line for line in lines if any(f" {name}" in line for name in adapters)]


@pytest.mark.parametrize("package", CORE)
def test_a_core_package_never_reads_the_clock_or_the_environment(package: str) -> None:
    forbidden = ("os.environ", "getenv", "date.today(", "datetime.now(", "time.time(")
    sources = {
        path.name: path.read_text(encoding="utf-8")
        for path in (ROOT / "bot" / package).rglob("*.py")
    }

    assert sources
    assert not [
        f"{name}: {call}" for name, text in sources.items() for call in forbidden if call in text
    ]
