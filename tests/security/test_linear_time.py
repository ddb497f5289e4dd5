"""No pattern takes longer over a text than its length explains, whoever wrote either."""

import ast
import importlib
import pkgutil
import re
import types
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bot.patterns import Linear
from tests.security.hostile import MOST_GROWTH, growth, texts

ROOT = Path(__file__).parents[2]
# Calls that make a pattern where no module keeps it, each with the reason why it is safe.
MADE_ON_THE_SPOT = {
    ("bot/keeping/subject.py", "compile"): "an escaped address between two tests of one character",
    ("bot/privacy/personal.py", "sub"): "an escaped name and nothing else",
}
SIZES = [1000, 2000, 4000]
_UNBOUNDED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>[*+]|\{\d+,\})", re.DOTALL)
Pattern = re.Pattern[Any] | Linear


def _modules() -> Iterator[types.ModuleType]:
    for name in ("bot", "actions"):
        package = importlib.import_module(name)
        yield package
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            # Alembic runs its scripts itself, and `python -m bot` would start.
            if ".migrations." not in module.name and not module.name.endswith("__main__"):
                yield importlib.import_module(module.name)


def _patterns_in(value: Any, depth: int = 0) -> Iterator[Pattern]:
    if isinstance(value, (re.Pattern, Linear)):
        yield value
    elif depth > 3:
        return
    elif isinstance(value, dict):
        for item in value.values():
            yield from _patterns_in(item, depth + 1)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _patterns_in(item, depth + 1)
    elif isinstance(value, type) and value.__module__.startswith(("bot.", "actions")):
        for item in vars(value).values():
            yield from _patterns_in(item, depth + 1)


@lru_cache(maxsize=1)
def _found() -> dict[str, Pattern]:
    """Find every pattern of the package, by module and name."""
    found: dict[int, tuple[str, Pattern]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(_patterns_in(value)):
                place = f"{module.__name__}.{name}" + (f"[{number}]" if number else "")
                found.setdefault(id(pattern), (place, pattern))
    return dict(sorted(found.values()))


def _source(pattern: Pattern) -> str:
    source = pattern.pattern
    return source.decode("latin-1") if isinstance(source, bytes) else str(source)


def _flags(pattern: Pattern) -> int:
    return pattern.flags & ~re.UNICODE if isinstance(pattern, re.Pattern) else 0


def test_patterns_are_found_by_themselves() -> None:
    found = _found()

    assert len(found) > 100
    assert "bot.details.dates.DATE" in found
    assert "bot.understanding.spelling._RESPELT" in found
    assert any(isinstance(pattern, Linear) for pattern in found.values())


def test_every_quantifier_has_a_bound_or_the_engine_needs_none() -> None:
    unbounded = {
        place: match["open"]
        for place, pattern in _found().items()
        if isinstance(pattern, re.Pattern)
        for match in _UNBOUNDED.finditer(_source(pattern))
        if match["open"]
    }

    # Write {0,9} instead of *, or use bot.patterns.Linear.
    assert not unbounded


def test_no_pattern_is_made_where_this_test_cannot_find_it() -> None:
    hidden = []
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]):
        place = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {
            call
            for function in ast.walk(tree)
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            for call in ast.walk(function)
            if isinstance(call, ast.Call)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            owner = call.func.value
            if not isinstance(owner, ast.Name) or owner.id not in {"re", "re2"}:
                continue
            makes_one = call.func.attr not in {"escape", "Options"}
            is_kept = call.func.attr == "compile" and call not in inside
            if (
                makes_one
                and not is_kept
                and (place, call.func.attr) not in MADE_ON_THE_SPOT
                and place != "bot/patterns.py"
            ):
                hidden.append(f"{place}:{call.lineno}: re.{call.func.attr}")

    # Compile it once, as a constant of the module.
    assert not hidden


@pytest.mark.parametrize("operation", ["fullmatch", "finditer"])
def test_the_time_of_a_pattern_grows_with_the_text_alone(operation: str) -> None:
    slow = []
    for place, pattern in _found().items():
        method = getattr(pattern, operation)
        is_bytes = isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, bytes)

        def run(text: str, method: Any = method, is_bytes: bool = is_bytes) -> object:
            found = method(text.encode("utf-8") if is_bytes else text)
            return list(found) if operation == "finditer" else found

        for name, make in texts(_source(pattern), _flags(pattern), SIZES[-1]):
            grown = growth(run, make, SIZES)
            if grown > MOST_GROWTH:
                slow.append(f"{place}.{operation} over {name}: x {grown:.1f} at twice the length")

    assert not slow
