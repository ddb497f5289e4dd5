import tarfile
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.utils.io as rasa_io
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from bot.dialogue.patches.trained_domain import trusting_the_trained_domain
from tests.forked import ROOT

pytestmark = pytest.mark.trained


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's model, as Rasa unpacks it."""
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(ROOT / "models" / "cybo.tar.gz") as archive:
        names = ("metadata.json", "components/domain_provider/domain.yml")
        archive.extractall(folder, [archive.getmember(name) for name in names], filter="data")
    return folder


def provided(unpacked: Path) -> Domain:
    """The domain that policies get, where loading reads the metadata first, as Rasa does."""
    ModelMetadata.from_dict(rasa_io.read_json_file(unpacked / "metadata.json"))
    provider = DomainProvider.load(
        config={},
        model_storage=LocalModelStorage(unpacked / "components"),
        resource=Resource("domain_provider"),
        execution_context=ExecutionContext(GraphSchema({})),
    )
    return provider.provide_inference()


def test_policies_get_the_domain_that_rasa_would_have_given_them(unpacked: Path) -> None:
    expected = provided(unpacked)

    with trusting_the_trained_domain():
        domain = provided(unpacked)

    assert domain.as_dict() == expected.as_dict()
    assert domain.fingerprint() == expected.fingerprint()


def test_its_text_is_not_parsed(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(rasa_io, "read_yaml", refuse)

    with trusting_the_trained_domain():
        assert provided(unpacked).intents


def fail_while_loading() -> None:
    with trusting_the_trained_domain():
        raise OSError("the archive is cut off")


def test_afterwards_rasa_is_as_it_was_even_when_loading_failed() -> None:
    before = vars(ModelMetadata)["from_dict"], vars(DomainProvider)["load"]

    with pytest.raises(OSError, match="cut off"):
        fail_while_loading()

    assert (vars(ModelMetadata)["from_dict"], vars(DomainProvider)["load"]) == before
