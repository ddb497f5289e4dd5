"""What our changes lean on in the packages they change, and whether they are still needed."""

import inspect
import json
import os
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import rasa.core.channels.rest
import rasa.core.run
import rasa.engine.runner.dask
import rasa.engine.validation
import rasa.shared.utils.io
import rasa.shared.utils.validation
import rasa.utils.common
import rasa_sdk.endpoint
import typing_utils
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.storage import local_model_storage
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.importer import E2EImporter
from sanic import Sanic, response

from bot.dialogue.patches import graph_order
from bot.dialogue.rules import IntentRulePolicy
from bot.dialogue.trackers import MaskingTrackerStore

PROJECT = Path(__file__).parents[3]
# Without Rasa's import no change is in place.
UNCHANGED = """
import importlib.util, json, sys
import numpy, packaging.version, sanic, sanic.response, typing, typing_utils
print(json.dumps({
    "pkg_resources": importlib.util.find_spec("pkg_resources") is not None,
    "LegacyVersion": hasattr(packaging.version, "LegacyVersion"),
    "VisibleDeprecationWarning": hasattr(numpy, "VisibleDeprecationWarning"),
    "stream": hasattr(sanic.response, "stream"),
    "X | None": typing_utils.get_origin(int | None) is typing.Union,
    "dask": importlib.util.find_spec("dask") is not None,
    "rasa": "rasa" in sys.modules,
}))
"""


@pytest.mark.parametrize(
    ("package", "read"),
    [
        ("rasa", "3.6.21"),
        ("rasa-sdk", "3.6.2"),
        ("typing-utils", "0.1.0"),
    ],
)
def test_what_we_change_has_the_version_it_was_read_in(package: str, read: str) -> None:
    assert version(package) == read, "read the changed code again, then bot/dialogue/patches"


def test_every_change_of_a_package_is_still_needed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNCHANGED], capture_output=True, check=True, cwd=PROJECT, timeout=60
    )

    assert json.loads(done.stdout) == dict.fromkeys(
        (
            "pkg_resources",
            "LegacyVersion",
            "VisibleDeprecationWarning",
            "stream",
            "X | None",
            "dask",
            "rasa",
        ),
        False,
    )


def test_rasas_runner_asks_dask_for_one_thing() -> None:
    source = inspect.getsource(rasa.engine.runner.dask)

    assert source.count("dask.get(") == 1
    assert source.count(" dask.") == 1
    assert rasa.engine.runner.dask.dask.get is graph_order.get


def test_a_node_of_a_graph_is_computed_once_with_what_it_needs() -> None:
    computed: list[str] = []

    def node(name: str) -> Any:
        def compute(*needs: Any) -> str:
            computed.append(name)
            return f"{name}({', '.join(map(str, needs))})"

        return compute

    message = [{"text": "a"}]
    graph = {
        "end": (node("end"), "left", "right"),
        "left": (node("left"), "start"),
        "right": (node("right"), "start", "plain"),
        "start": (node("start"), "__message__"),
        "__message__": ("__message__", message),
        "unused": (node("unused"),),
    }

    results = graph_order.get(graph, ["end", "start"])

    start = f"start({('__message__', message)})"
    assert results == (f"end(left({start}), right({start}, plain))", start)
    assert computed == ["start", "left", "right", "end"]


def test_a_version_that_is_none_is_a_warning_that_names_the_file() -> None:
    with pytest.warns(UserWarning, match=r"nlu\.yml must specify 'version' as string"):
        assert rasa.shared.utils.validation.validate_training_data_format_version(
            {"version": "latest"}, "nlu.yml"
        )


def test_rasas_validation_uses_of_versions_what_we_give_it() -> None:
    source = inspect.getsource(rasa.shared.utils.validation)

    assert source.count("= version.parse(") == source.count("= version.") == 2


def test_rasa_takes_either_way_of_writing_a_union() -> None:
    assert typing_utils.issubtype(int | None, int | None)
    assert typing_utils.issubtype(int, int | None)
    assert not typing_utils.issubtype(str, int | None)
    assert "typing_utils.issubtype" in inspect.getsource(rasa.engine.validation)


@pytest.mark.parametrize("module", [rasa.core.run, rasa_sdk.endpoint])
def test_both_servers_run_through_sanics_run(module: Any) -> None:
    assert inspect.getsource(module).count("app.run(") == 1


def test_sanic_can_stay_in_one_process() -> None:
    from bot.dialogue.patches import one_process  # noqa: PLC0415 (changed when Rasa is imported)

    assert {"single_process", "workers"} <= set(inspect.signature(one_process._run).parameters)
    assert Sanic.run is one_process._run_here


def test_several_workers_are_refused_with_what_to_do() -> None:
    with pytest.raises(SystemExit, match=r"SANIC_WORKERS=2: .* start several"):
        Sanic("two_workers").run(workers=2)


def test_a_stream_of_sanic_takes_what_rasa_hands_it() -> None:
    assert "response.stream(\n" in inspect.getsource(rasa.core.channels.rest)
    assert next(iter(inspect.signature(response.stream).parameters)) == "streaming_fn"
    assert "content_type" in inspect.signature(response.stream).parameters


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("rasa", "shared/nlu/training_data/schemas/responses.yml"),
        ("rasa", "shared/utils/pykwalify_extensions.py"),
        ("rasa.engine.recipes.default_recipe", "config_files/default_config.yml"),
        ("rasa.cli.scaffold", "initial_project"),
    ],
)
def test_a_file_of_a_package_is_found_by_package_or_module(package: str, name: str) -> None:
    import pkg_resources  # noqa: PLC0415
    import rasa.cli.scaffold  # noqa: PLC0415
    import rasa.engine.recipes.default_recipe  # noqa: F401, PLC0415

    assert Path(pkg_resources.resource_filename(package, name)).exists()


def test_the_version_of_a_package_is_told() -> None:
    import pkg_resources  # noqa: PLC0415

    assert pkg_resources.get_distribution("scikit-learn").version == version("scikit-learn")


def test_an_examination_of_nothing_is_an_empty_report() -> None:
    import rasa.nlu.test  # noqa: PLC0415

    report, *figures, matrix, labels = rasa.nlu.test._calculate_report("out", [], [], True)
    full, *_ = rasa.nlu.test._calculate_report("out", ["a", "b"], ["a", "b"], True)

    assert (report, figures, matrix.size, labels) == ({}, [0.0, 0.0, 0.0], 0, [])
    assert full["a"]["recall"] == 1.0


def test_nothing_is_reported_to_rasas_makers() -> None:
    import rasa.telemetry  # noqa: PLC0415

    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert not rasa.telemetry.is_telemetry_enabled()


def test_rasa_checks_an_actions_answer_where_we_skip_it() -> None:
    assert inspect.getsource(RemoteAction.run).count("self._validate_action_result(response)") == 1


def test_rasa_reads_a_domain_by_the_names_that_we_replace() -> None:
    source = inspect.getsource(rasa.shared.utils.io)

    assert "def read_yaml(" in source
    assert list(
        inspect.signature(rasa.shared.utils.validation.validate_yaml_schema).parameters
    ) == ["yaml_file_content", "schema_path", "package_name"]
    assert issubclass(YamlException, Exception)


def test_training_packs_its_archive_and_reads_its_examples_where_we_step_in() -> None:
    packing = inspect.getsource(local_model_storage.LocalModelStorage.create_model_package)

    assert "w:gz" in packing
    assert "compresslevel" in inspect.signature(tarfile.TarFile.gzopen).parameters
    assert list(inspect.signature(E2EImporter.get_nlu_data).parameters) == ["self", "language"]


@pytest.mark.parametrize(
    "name", ["_find_action_from_rules", "format_tracker_states", "_get_possible_keys"]
)
def test_the_rule_policy_has_the_methods_that_ours_overrides(name: str) -> None:
    theirs, ours = getattr(RulePolicy, name), getattr(IntentRulePolicy, name)

    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_the_rule_policy_has_the_method_that_ours_calls() -> None:
    assert "_rule_key_to_state" in vars(RulePolicy)


@pytest.mark.parametrize("name", ["retrieve", "save"])
def test_the_tracker_store_has_the_methods_that_ours_overrides(name: str) -> None:
    theirs, ours = getattr(SQLTrackerStore, name), getattr(MaskingTrackerStore, name)

    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


@pytest.mark.parametrize("name", ["_event_query", "session_scope", "SQLEvent", "stream_events"])
def test_the_tracker_store_has_what_ours_uses(name: str) -> None:
    assert hasattr(SQLTrackerStore, name)


def test_the_events_table_has_the_columns_that_our_store_writes() -> None:
    columns = set(SQLTrackerStore.SQLEvent.__table__.c.keys())

    assert columns == {
        "id",
        "sender_id",
        "type_name",
        "timestamp",
        "intent_name",
        "action_name",
        "data",
    }
