"""Read failing sites of a round that was run elsewhere: a row for each problem."""

from collections.abc import Iterable

from inspection.cells import Cells
from inspection.findings import finding_id
from inspection.rectification.case import RECORDED, Exhibit, Problem
from inspection.registry.address import canonical
from inspection.standard import Edition, IndicatorKind
from inspection.workflows.import_registry import RawRow, RejectedRow
from inspection.workflows.open_cases import ReportedFailure

COLUMNS = ("code", "indicator", "message", "url")
"""``url`` is the page that shows the problem, or empty."""


def read_failures(rows: Iterable[RawRow], edition: Edition) -> tuple[list[ReportedFailure], list[RejectedRow]]:
    """The failing sites by code in the order of their first row, and what is wrong with rows."""
    indicators = {each.id: each for each in edition.indicators}
    found: dict[str, list[Problem]] = {}
    rejected: list[RejectedRow] = []
    for row in rows:
        cells = Cells(row.values)
        code, id_ = cells.text("code", required=True, limit=40), cells.text("indicator", required=True, limit=40)
        message, url = cells.text("message", limit=2000), cells.text("url", limit=2000)
        address = canonical(url if "://" in url else f"http://{url}") if url else None
        if id_ and id_ not in indicators:
            cells.refuse("indicator", f"{edition.id} 版标准没有指标 {id_!r}")
        if not message:
            cells.refuse("message", "message 不能为空，请写明问题")
        if url and address is None:
            cells.refuse("url", "网址无效，请给出 http 或 https 地址，例如 http://www.example.gov.cn/")
        rejected += [RejectedRow(row.line, problem) for problem in cells.problems]
        if not cells.problems:
            indicator = indicators[id_]
            subject = f"{RECORDED}{url or 'site'}:{message}"
            problem = Problem(
                finding=finding_id(code, id_, subject),
                indicator=id_,
                name=indicator.name,
                message=message,
                subject=subject,
                veto=indicator.kind is IndicatorKind.VETO,
                evidence=(Exhibit(url=address, excerpt=message),) if address else (),
            )
            found.setdefault(code, []).append(problem)
    return [_failure(code, problems) for code, problems in found.items()], rejected


def _failure(code: str, problems: list[Problem]) -> ReportedFailure:
    return ReportedFailure(
        code=code,
        reasons=tuple(f"{each.indicator} {each.name}：{each.message}" for each in problems),
        vetoes=tuple(dict.fromkeys(each.indicator for each in problems if each.veto)),
        problems=tuple(problems),
    )
