"""The container, the compose file and the systemd unit, as far as they can be read."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.channels.sessions import signing_key
from bot.environment import ENV_FILE, settings_in, warnings_for
from bot.settings import read_settings, settings_table

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "cybo.service"
FILES = ("Containerfile", "compose.yaml", "deploy/cybo.service")
# In tenths, as systemd counts; 10.0 is no protection at all.
MOST_EXPOSED = "20"


@pytest.mark.parametrize("file", FILES)
def test_only_settings_that_exist_are_set(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    named = dict.fromkeys(re.findall(r"\bCYBO_[A-Z_]+", text), "x")

    assert settings_in(named)
    assert warnings_for(named, [name for name, _, _ in settings_table()]) == []
    assert ENV_FILE not in named


def test_the_container_ends_as_an_unprivileged_user_with_a_health_check() -> None:
    final = (ROOT / "Containerfile").read_text(encoding="utf-8").rsplit("FROM ", 1)[1]

    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "/livez" in final
    assert "VOLUME /var/lib/cybo" in final


def test_what_the_container_copies_is_not_ignored() -> None:
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]
    packed = {*wheel["packages"], *wheel["force-include"], "README.md", "pyproject.toml"}
    besides = {"LICENSE", "LICENSES", "THIRD-PARTY-NOTICES.md", "requirements.lock", "scripts"}

    assert allowed[0] == "*"
    assert {f"!{name}" for name in packed | besides} <= set(allowed)


@pytest.mark.parametrize("file", ["Containerfile", "docs/operators.md"])
def test_pip_is_told_that_rasa_names_an_older_python(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")

    installing = [line for line in text.splitlines() if "pip install" in line and ".lock" in line]

    assert installing
    assert all("--ignore-requires-python" in line for line in installing)


def test_compose_runs_cybo_read_only_and_publishes_it_to_this_machine_alone() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]

    assert services["cybo"]["read_only"] is True
    assert services["cybo"]["cap_drop"] == ["ALL"]
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_what_compose_sets_is_enough_to_start_with() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    # What whoever starts it has to give is of 64 hexadecimal digits.
    given = {
        name: re.sub(r"\$\{\w+:\?[^}]*}", "a1" * 32, value)
        for name, value in services["cybo"]["environment"].items()
    }

    settings = read_settings({**given, "CYBO_HOST": "0.0.0.0"})

    assert signing_key(settings)
    assert settings.desk_email


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_the_unit_leaves_little_exposed() -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager"]

    result = subprocess.run(
        [*command, f"--threshold={MOST_EXPOSED}", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert result.returncode == 0, result.stdout + result.stderr
