"""Our changes are in place whichever way Cybo was installed."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parents[3]
LINE = "import bot.dialogue.patches.startup; bot.dialogue.patches.startup.watch()\n"


def test_a_wheel_carries_the_line_that_every_python_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=60)

    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("cybo.pth").decode() == LINE
        assert "bot/dialogue/patches/startup.py" in archive.namelist()
        assert "bot/web/cybo.js" in archive.namelist()


def test_this_environment_has_the_line() -> None:
    installed = Path(sysconfig.get_paths()["purelib"]) / "cybo.pth"

    assert installed.read_text(encoding="utf-8") == LINE
