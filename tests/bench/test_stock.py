"""Where stock Rasa cannot be had, what was measured of Cybo is printed all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

import bench.__main__ as benchmark
from bench import stock
from bench.server import Figures

CYBO = Figures(ready_s=5.8, p50_ms=15.5, p95_ms=19.4, per_second=63.8, resident_mb=618.0)


@pytest.fixture
def without_stock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let neither an environment nor uv be there, and Cybo be measured in no time."""
    monkeypatch.setattr(stock, "_ENVIRONMENT", tmp_path / "none")
    monkeypatch.setattr(stock.shutil, "which", lambda _: None)
    monkeypatch.setattr(benchmark, "measure_cybo", lambda *_, **__: (CYBO, 87.0))
    monkeypatch.setattr(sys, "argv", ["bench"])


@pytest.mark.usefixtures("without_stock")
def test_the_table_is_printed_and_says_why_a_column_is_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    benchmark.main()

    printed = capsys.readouterr().out
    assert "| an answer over REST, p50, ms | 15.5 |  |  | 15 |" in printed
    assert "Stock Rasa was not measured: " in printed
    assert "Python 3.10" in printed


@pytest.mark.usefixtures("without_stock")
def test_packages_that_uv_cannot_bring_are_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(words: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(2, words)

    monkeypatch.setattr(stock.shutil, "which", lambda _: "/usr/bin/uv")
    monkeypatch.setattr(stock.subprocess, "run", fail)

    benchmark.main()

    assert "could not bring them" in capsys.readouterr().out
