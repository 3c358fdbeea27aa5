"""The commands that need no store: links, page and inspect, as a user types them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from inspection.errors import InputRejected

HOME = """<title>云岭县人民政府</title><ul><li><a href="/xw/">工作动态</a></li></ul><a href="/gone.html">旧闻</a>
<a href="ftp://files.site.localhost/x">下载</a><p>网站标识码：3799000001</p>"""
PAGES: dict[str, str | bytes] = {
    "/": HOME,
    "/xw/": '<ul><li><a href="/xw/1.html">关于召开会议的通知</a><span>2026-11-18</span></li></ul>'
    '<a href="/lost.html">x</a>',
    "/xw/1.html": '<a href="/">首页</a><p>' + "正文" * 50,
}

RunCommand = Callable[..., str]


@pytest.fixture(scope="module")
def home(serve_pages: Callable[[Mapping[str, str | bytes]], str]) -> str:
    return serve_pages(PAGES)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> RunCommand:
    settings = {
        "ALLOW_NETWORKS": "127.0.0.0/8",
        "DOWNLOAD_DELAY_S": "0",
        "LINK_RETRY_PAUSE_S": "0",
        "RETRY_PAUSE_S": "0",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"XUNCHA_{name}", value)

    def run_it(*words: object, code: int = 0) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    return run_it


def test_links_of_one_page(home: str, run: RunCommand) -> None:
    found = {each["url"]: each for each in json.loads(run("links", home, "--json"))}
    assert set(found[home + "gone.html"]) == {"url", "source", "status", "outcome", "reason"}
    assert found[home + "gone.html"]["outcome"] == "broken"
    assert found[home + "gone.html"]["source"] == home
    assert found[home + "gone.html"]["status"] == 404
    assert found[home + "xw/"]["outcome"] == "ok"
    assert found["ftp://files.site.localhost/x"]["outcome"] == "unsupported"
    assert home + "lost.html" not in found


def test_links_of_a_site(home: str, run: RunCommand) -> None:
    found = {each["url"]: each for each in json.loads(run("links", home, "--recursive", "--json"))}
    assert found[home + "lost.html"]["outcome"] == "broken"
    assert found[home + "lost.html"]["source"] == home + "xw/"


def test_links_for_people(home: str, run: RunCommand) -> None:
    output = run("links", home, "--fail", code=3)
    assert "失效 1" in output
    assert "不支持 1" in output
    assert [line.split(" ")[2] for line in output.splitlines()[-2:]] == ["站内", "外部"]


@pytest.mark.parametrize(
    "command", [("links", "--recursive", "--max-pages", "1"), ("inspect", "--max-pages", "1", "--probes", "1")]
)
def test_links_beyond_the_bound_of_a_site_are_not_passed_over_in_silence(
    command: tuple[str, ...], serve_pages: Callable[[Mapping[str, str | bytes]], str], run: RunCommand
) -> None:
    # No address that is malformed is asked for.
    home = serve_pages({"/": "".join(f'<a href="http://x{n}.test:99999/">x</a>' for n in range(2_300))})
    assert "另有 101 处链接没有检查" in run(command[0], home, *command[1:]).replace("\n", "")
    assert "没有检查" not in run("links", home)


@pytest.mark.parametrize("command", ["links", "inspect"])
def test_an_address_that_is_none_is_refused(command: str, run: RunCommand) -> None:
    with pytest.raises(InputRejected, match="无效"):
        run(command, "http://bad host/")


def test_a_page_that_cannot_be_read_is_an_error(home: str, run: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputRejected, match="无法读取"):
        run("links", home + "gone.html")
    monkeypatch.setenv("XUNCHA_ALLOW_NETWORKS", "")
    with pytest.raises(InputRejected, match="XUNCHA_ALLOW_NETWORKS"):
        run("links", home)


def test_inspect_reports_all_parts(home: str, run: RunCommand) -> None:
    report = json.loads(run("inspect", home, "--probes", "1", "--as-of", "2026-11-20", "--json"))
    assert list(report) == ["site", "outcome", "pages", "columns", "elements", "links", "findings", "scorecard"]
    assert report["outcome"]["home"] == "ok"
    assert report["site"]["code"] == "3799000001"
    assert report["elements"]["site_code"] == "3799000001"
    assert report["elements"]["icp"] is None
    assert {page["url"] for page in report["pages"]} >= {home, home + "xw/"}
    # One probe says nothing about a week, so nobody may call the site passed.
    assert report["scorecard"]["verdict"] == "not_determined"
    shown = run("inspect", home, "--probes", "1", "--as-of", "2026-11-20", "--edition", "2015").replace("\n", "")
    assert "结论" in shown
    assert all(f"{place}{kind} " in shown for place in ("首页", "其他页面") for kind in ("站内", "外部"))


def test_page_reports_the_documented_fields(tmp_path: Path, run: RunCommand) -> None:
    file = tmp_path / "home.html"
    file.write_text(HOME, "utf-8")
    report = json.loads(run("page", file, "--url", "http://www.a.test/", "--json"))
    assert set(report) >= {
        *("charset", "title", "site_code", "icp", "police_record", "organizer", "jiucuo_entry", "conac_mark"),
        *("state_council_column", "newest_item_date", "list_items", "empty_column", "soft_404", "links", "meta"),
    }
    assert report["site_code"] == "3799000001"
    assert report["icp"] is None
    assert set(report["links"][0]) >= {"url", "text", "element", "attribute"}
    assert "3799000001" in run("page", file, "--url", "http://www.a.test/")


def test_page_needs_a_file_and_an_address(tmp_path: Path, run: RunCommand) -> None:
    with pytest.raises(InputRejected, match="无法读取文件"):
        run("page", tmp_path / "none.html", "--url", "http://www.a.test/")
    with pytest.raises(InputRejected, match="无效"):
        run("page", tmp_path, "--url", "ftp://www.a.test/")
