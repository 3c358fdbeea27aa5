"""``xuncha linkage``: the reference list of articles that others are to repost."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.wiring import CHINA, home_address, say
from inspection.errors import InputRejected
from inspection.observation.reference import ReferenceArticle
from store.stores import open_stores

app = typer.Typer(help="联动：登记国务院重要信息的参照文章", no_args_is_help=True, add_completion=False)

_COLUMNS = ("title", "url", "published_at")
_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


@app.callback()
def _group() -> None:
    """联动：登记国务院重要信息的参照文章"""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV 文件（UTF-8），列：title,url,published_at（北京时间，YYYY-MM-DD HH:MM）")
    ],
) -> None:
    """导入参照文章；已有的（按网址）不变。有错的行逐条列出，其余照常导入，退出码为 1。"""
    articles, problems = _read(file)
    with open_stores() as stores:
        added = stores.references.add(articles)
    say(f"导入 {added} 篇，已有 {len(articles) - added} 篇，有错 {len(problems)} 行")
    for problem in problems:
        say(f"  {problem}")
    if problems:
        raise typer.Exit(1)


def _read(file: Path) -> tuple[list[ReferenceArticle], list[str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise InputRejected(f"{file} 缺少列 {'、'.join(missing)}；应有：{','.join(_COLUMNS)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputRejected(f"无法读取 {file}：{error}；请确认路径正确并存为 UTF-8") from error
    articles, problems = [], []
    for line, row in enumerate(rows, 2):
        try:
            articles.append(_article(row))
        except InputRejected as error:
            problems.append(f"第 {line} 行：{error}")
    return articles, problems


def _article(row: dict[str, str]) -> ReferenceArticle:
    article = ReferenceArticle(
        title=(row["title"] or "").strip(),
        url=home_address((row["url"] or "").strip()),
        published_at=_time((row["published_at"] or "").strip()),
    )
    article.check()
    return article


def _time(text: str) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=CHINA)
        except ValueError:
            continue
    raise InputRejected(f"发布时间 {text!r} 无效，请写成 2026-11-20 09:30（北京时间）")
