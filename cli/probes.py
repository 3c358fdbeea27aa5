"""Options of commands that draw a round: how its sites are probed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer

from inspection.sampling import ProbePlan

WEEK_S = ProbePlan().span.total_seconds()

Probes = Annotated[int, typer.Option("--probes", min=1, help="每个网站的可用性探测次数")]
ProbeSpan = Annotated[float, typer.Option("--probe-span", min=1, help="探测持续的秒数，正式轮次为 7 天")]
Vantages = Annotated[
    list[str] | None,
    typer.Option("--vantage", help="监测点名称，可重复；多个监测点同时探测，只有一处打不开的不作认定"),
]
PageBudget = Annotated[int, typer.Option("--page-budget", min=1, help="每个网站最多抓取的页面数")]


def probe_plan(count: int, span_s: float, vantages: Sequence[str] | None) -> ProbePlan:
    """The plan that the options say; no vantage given is the default one."""
    return ProbePlan(count=count, span=timedelta(seconds=span_s), vantages=tuple(vantages or ProbePlan().vantages))
