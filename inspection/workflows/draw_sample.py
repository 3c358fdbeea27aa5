"""Draw the sample of a new round from the registry as it stands, and keep both."""

import re
from datetime import date

from inspection.errors import InputRejected, RuleBroken
from inspection.offices import Office
from inspection.ports import Clock, RoundRepository, SiteRepository
from inspection.sampling import ProbePlan, Round, RoundState
from inspection.sampling.draw import draw
from inspection.sampling.parse import parse_plan

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def draw_sample(
    plan_text: str,
    *,
    round_id: str,
    title: str,
    as_of: date,
    edition: str,
    seed: str,
    sites: SiteRepository,
    rounds: RoundRepository,
    clock: Clock,
    probes: ProbePlan = ProbePlan(),  # noqa: B008 - immutable
    page_budget: int = 60,
    drill: bool = False,
    origin: str = "抽样方案",
    office: Office | None = None,
    recheck: bool = False,
) -> Round:
    """Draw and store a round in state ``drawn``; ``origin`` names the plan in errors.

    A round of an ``office`` draws from what that office is responsible for, whatever else the plan covers.
    ``recheck`` as on :class:`Round`.

    Raises :class:`InputRejected` for a bad id or plan, :class:`RuleBroken` for a compressed probe series
    outside a drill, an empty seed or population, and Conflict if the round exists.
    """
    if not _ID.fullmatch(round_id):
        raise InputRejected(f"轮次编号 {round_id!r} 无效：1 到 64 个字母、数字、点、横线或下划线，以字母或数字开头")
    probes.check()
    _refuse_compression(probes, drill)
    scope = "" if office is None else office.sampling_scope
    drawn = draw(parse_plan(plan_text, origin=origin).within(scope), sites.all(), seed)
    round_ = Round(
        id=round_id,
        title=title,
        as_of=as_of,
        edition=edition,
        plan=plan_text,
        seed=seed,
        registry_digest=drawn.registry_digest,
        sample_digest=drawn.sample_digest,
        state=RoundState.DRAWN,
        drawn_at=clock.now(),
        probes=probes,
        page_budget=page_budget,
        drill=drill,
        strata=drawn.strata,
        office="" if office is None else office.id,
        scope=scope,
        recheck=recheck,
    )
    rounds.add(round_, drawn.members, drawn.frame)
    return round_


def _refuse_compression(probes: ProbePlan, drill: bool) -> None:
    if probes.is_compressed and not drill:
        raise RuleBroken(
            f"可用性探测须持续 7 天，{probes.span.total_seconds():g} 秒的序列只能用于演练：请加 --drill"
            "（演练轮次永远不能发布）"
        )
