"""xuncha linkage import."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import linkage
from inspection.errors import InputRejected
from store.memory import MemoryStores

GOOD = "国务院关于做好工作的通知,http://www.gov.cn/1.htm,2026-11-10 09:30"


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> MemoryStores:
    stores = MemoryStores()
    monkeypatch.setattr(linkage, "open_stores", lambda: stores)
    return stores


def run(path: Path, text: str, code: int = 0) -> str:
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(linkage.app, ["import", str(path)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_good_rows_go_in_once_and_bad_ones_are_named(stores: MemoryStores, tmp_path: Path) -> None:
    rows = ["title,url,published_at", GOOD, "短,http://www.gov.cn/2.htm,2026-11-10 09:30", f"{GOOD[:-16]}十号"]
    told = run(tmp_path / "a.csv", "\n".join(rows), code=1)
    assert "导入 1 篇，已有 0 篇，有错 2 行" in told
    assert "第 3 行" in told
    assert "第 4 行：发布时间 '十号' 无效" in told
    assert "导入 0 篇，已有 1 篇" in run(tmp_path / "a.csv", "\n".join(rows[:2]))
    [article] = stores.references.between(datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
    assert article.published_at == datetime(2026, 11, 10, 1, 30, tzinfo=UTC)


def test_missing_columns_are_named(stores: MemoryStores, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="published_at"):
        run(tmp_path / "a.csv", "title,url\nx,y\n")
