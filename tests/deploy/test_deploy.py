"""The deployment files against the code they run."""

import os
import re

import pytest
import yaml
from typer.main import get_command

from api.config import ApiConfig
from cli.main import app
from cli.settings import SETTINGS, env_example
from crawler.config import WorkerConfig
from inspection.errors import InputRejected
from store.config import StoreConfig, masked, refuse_unknown_names


def test_env_example_lists_every_setting_with_its_default(project_root):
    text = (project_root / "deploy/env.example").read_text("utf-8")
    assert text == env_example(), (
        "regenerate it: python -c 'from cli.settings import env_example; print(env_example())'"
    )
    listed = set(re.findall(r"^#(XUNCHA_\w+)=", text, re.MULTILINE))
    assert listed == {f"XUNCHA_{name.upper()}" for class_ in SETTINGS for name in class_.model_fields}


def test_every_default_of_the_example_is_accepted(project_root, monkeypatch):
    text = (project_root / "deploy/env.example").read_text("utf-8")
    for name, value in re.findall(r"^#(XUNCHA_\w+)=(.+)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    refuse_unknown_names(os.environ, SETTINGS)
    for class_ in SETTINGS:
        assert class_() == class_.model_construct(**class_().model_dump())


def test_unknown_names_are_refused():
    with pytest.raises(InputRejected, match="XUNCHA_MONGO_URL"):
        refuse_unknown_names({"XUNCHA_MONGO_URL": "x", "PATH": "y"}, SETTINGS)
    refuse_unknown_names({"XUNCHA_MONGO_URI": "x", "XUNCHA_REALPAGES": "y"}, SETTINGS)


def test_secrets_are_masked():
    config = StoreConfig(mongo_uri="mongodb://u:geheim@h/")
    assert "geheim" not in repr(config)
    assert masked("mongodb://u:geheim@h:1/x") == "mongodb://u:***@h:1/x"
    assert masked("redis://h/0") == "redis://h/0"


def test_networks_are_read_from_a_list(monkeypatch):
    monkeypatch.setenv("XUNCHA_ALLOW_NETWORKS", "127.0.0.0/8, 10.1.0.0/16")
    assert [str(network) for network in WorkerConfig().allow_networks] == ["127.0.0.0/8", "10.1.0.0/16"]
    assert ApiConfig().api_port == 8000


@pytest.fixture
def compose(project_root) -> dict:
    return yaml.safe_load((project_root / "deploy/compose.yaml").read_text("utf-8"))


def test_compose_runs_commands_that_exist(compose):
    commands = [service["command"] for service in compose["services"].values() if service["command"][0] == "xuncha"]
    assert {command[1] for command in commands} >= {"worker", "scheduler", "api", "stores"}
    for _, *words in commands:
        command = get_command(app)
        while words and hasattr(command, "get_command"):
            command = command.get_command(None, words.pop(0))
            assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


def test_compose_keeps_secrets_out_and_data_in_volumes(compose):
    text = yaml.safe_dump(compose)
    assert "${REDIS_PASSWORD:?" in text
    assert set(compose["volumes"]) == {"mongo", "redis"}
    redis = compose["services"]["redis"]["command"]
    assert redis[redis.index("--appendonly") + 1] == "yes"
    assert "--replSet" in compose["services"]["mongo"]["command"]


def test_the_image_has_every_package(project_root):
    text = (project_root / "deploy/Dockerfile").read_text("utf-8")
    for package in (path.parent.name for path in project_root.glob("*/__init__.py")):
        assert f"COPY {package} {package}" in text
    assert "USER xuncha" in text
