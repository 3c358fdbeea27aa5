"""Store and registry commands in processes of their own, as an operator runs them: output and exit codes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspection.registry.row import COLUMNS
from store.config import StoreConfig
from store.stores import Stores

Run = Callable[..., subprocess.CompletedProcess[str]]

HEADER = ",".join(COLUMNS)


def line(n: int, **changes: str) -> str:
    values = {
        "code": f"370600{n:04d}",
        "name": f"烟台市第{n}局",
        "url": f"http://s{n}.yantai.gov.cn/",
        "category": "市级政府部门",
        "region": "370600",
        "organizer": "某局",
        "supervisor": "某办",
        "status": "normal",
        "contact_name": "张三",
        "contact_title": "主任",
        "contact_phone": "0535-1234567",
        "contact_email": "a@yantai.gov.cn",
        **changes,
    }
    return ",".join(values.values())


def run_with(settings: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XUNCHA_")}
    command = [sys.executable, "-m", "cli.main", *(str(word) for word in words)]
    return subprocess.run(
        command,
        env={**environment, "COLUMNS": "120", **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def run(mongo_stores: Stores, store_config: StoreConfig, mongo_uri: str, redis_url: str) -> Run:
    settings = {
        "XUNCHA_MONGO_URI": mongo_uri,
        "XUNCHA_REDIS_URL": redis_url,
        "XUNCHA_MONGO_DATABASE": store_config.mongo_database,
    }
    return lambda *words: run_with(settings, *words)


@pytest.mark.parametrize(
    "words", [("registry", "stats"), ("round", "list"), ("worker",), ("stores", "status"), ("api",)]
)
def test_no_store_is_one_line_and_exit_code_2(words: tuple[str, ...]) -> None:
    nowhere = {"XUNCHA_MONGO_URI": "mongodb://127.0.0.1:1/", "XUNCHA_REDIS_URL": "redis://127.0.0.1:1/0"}
    result = run_with({**nowhere, "XUNCHA_STORE_TIMEOUT_S": "1"}, *words)
    assert result.returncode == 2, result.stderr
    (error,) = result.stderr.strip().splitlines()
    assert error.startswith("错误：")
    assert "MongoDB" in error
    assert "xuncha stores up" in error
    assert "Traceback" not in result.stdout


def test_an_unknown_setting_is_refused_by_name() -> None:
    result = run_with({"XUNCHA_MONGO_URL": "x"}, "stores", "status")
    assert result.returncode == 1
    assert "XUNCHA_MONGO_URL" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_value_names_its_setting() -> None:
    result = run_with({"XUNCHA_DOWNLOAD_DELAY_S": "soon"}, "worker")
    assert result.returncode == 1
    assert "XUNCHA_DOWNLOAD_DELAY_S" in result.stderr


def test_given_servers_are_left_alone(run: Run) -> None:
    for verb in ("up", "status", "migrate", "down"):
        result = run("stores", verb)
        assert result.returncode == 0, result.stderr
    assert run("stores", "status").returncode == 0


def test_a_registry_goes_in_and_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sites.csv"
    file.write_bytes("\r\n".join([HEADER, line(1), line(2), line(3, region="999999"), ""]).encode("gb18030"))
    preview = run("registry", "import", file, "--dry-run")
    assert "预览" in preview.stdout
    assert "0" in run("registry", "stats").stdout
    result = run("registry", "import", file)
    assert result.returncode == 3
    assert "第 4 行 region '999999'" in result.stdout
    rejected = (tmp_path / "sites.csv.errors.csv").read_text("utf-8-sig").splitlines()
    assert len(rejected) == 2
    assert rejected[1].startswith("4,region,999999,")
    assert "3706000001" in run("registry", "show", "3706000001").stdout
    for name in ("out.csv", "out.xlsx"):
        assert run("registry", "export", tmp_path / name).returncode == 0
        again = run("registry", "import", tmp_path / name)
        assert again.returncode == 0
        assert "新增" in again.stdout
    changed = tmp_path / "changed.csv"
    changed.write_text("\n".join([HEADER, line(1, name="烟台市第一局")]), "utf-8")
    assert run("registry", "import", changed).returncode == 0
    shown = run("registry", "show", "3706000001").stdout
    assert "烟台市第一局" in shown
    assert "烟台市第1局" in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "none.csv"), ("code,name\n1,2\n", "url"), ("", "空"), ("\0\1\2", "")],
)
def test_a_file_that_is_no_registry(run: Run, tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "none.csv"
    if content is not None:
        file.write_text(content, "utf-8")
    result = run("registry", "import", file)
    assert result.returncode == 1
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_commands_need_the_schema(servers: StoreConfig, mongo_uri: str, redis_url: str) -> None:
    settings = {"XUNCHA_MONGO_URI": mongo_uri, "XUNCHA_REDIS_URL": redis_url, "XUNCHA_MONGO_DATABASE": "untouched"}
    result = run_with(settings, "registry", "stats")
    assert result.returncode != 0
    assert "xuncha stores migrate" in result.stderr
