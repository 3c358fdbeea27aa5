"""Mistakes of calling a command are told in Chinese, with the option's name and how to mend it."""

import pytest
from typer.testing import CliRunner

from cli.main import app


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["rund"], "没有命令 rund，是否应为 round？"),
        (["round", "drow"], "没有命令 drow，是否应为 draw？"),
        (["review", "confirm", "r", "c", "f"], "缺少选项 --by（复核人），请补上"),
        (["review", "list"], "缺少参数 ROUND（轮次编号），请补上"),
        (["review", "list", "r", "--limt", "1"], "没有选项 --limt，是否应为 --limit？"),
        (["review", "list", "r", "--limit"], "选项 --limit 后面要写值"),
        (["review", "list", "r", "--limit", "x"], "选项 --limit 的值有误：应为整数，得到 'x'"),
        (["review", "list", "r", "--limit", "0"], "选项 --limit 的值有误：不能小于 1，得到 '0'"),
        (["review", "list", "r", "--vetoes=1"], "选项 --vetoes 后面不写值"),
        (["review", "list", "r", "s"], "多余的参数 s；含空格的值请用引号括起"),
        (["office", "list", "--level", "村"], "选项 --level 的值有误：没有 '村'，可用："),
    ],
)
def test_mistakes_of_usage(call, told):
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 2
    assert f"错误：{told}" in result.stderr


def test_a_mistake_comes_with_the_usage_of_the_command():
    lines = CliRunner().invoke(app, ["review", "list"]).stderr.splitlines()
    assert [line.partition("：")[0] for line in lines] == ["用法", "错误", "全部选项及说明见"]
    assert lines[2].endswith("review list --help")


def test_calling_it_right_goes_through():
    result = CliRunner().invoke(app, ["review", "list", "--help"])
    assert result.exit_code == 0
    assert "--vetoes" in result.output


def test_no_arguments_give_the_help():
    result = CliRunner().invoke(app, [])
    assert "巡查：政府网站抽查系统" in result.output
    assert "错误" not in result.output
