"""Draft a bulletin, have it reviewed, and let conflicts of its figures stand where a person says why."""

from datetime import date

import msgspec

from inspection.bulletin.bulletin import (
    Bulletin,
    BulletinState,
    BulletinStep,
    moved,
    own_part,
    person,
    recomposed,
    require_another,
    require_usable,
)
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.prose import Correction, compose
from inspection.bulletin.rules import BulletinRules, shipped_bulletin_rules
from inspection.bulletin.wording import Wording
from inspection.errors import Conflict, InputRejected, NotFound
from inspection.ports import Clock, RoundRepository
from inspection.records import RecordRepository, get
from inspection.registry.site import NATION
from inspection.statistics.guard import conflicts, override
from inspection.workflows.rounds import find_round

WHAT = "通报"


class DraftOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a bulletin besides its figures. ``region`` is its six-digit region."""

    id: str
    by: str
    region: str = NATION
    number: str = ""
    issued_on: date | None = None
    corrects: str = ""
    reason: str = ""


def draft_bulletin(
    order: DraftOrder,
    figures: BulletinFigures,
    wording: Wording,
    *,
    bulletins: RecordRepository[Bulletin],
    rounds: RoundRepository,
    clock: Clock,
) -> Bulletin:
    """Keep a draft; one of that id that is not published yet is drafted anew, and is to be reviewed again.

    With ``corrects`` it is a new issue in the place of a published one, which stays as it is.
    """
    require_usable(order.id, order.number)
    drill = any(is_drill(id_, rounds) for id_ in rounds_of(figures))
    earlier = bulletins.find(order.id)
    if earlier is not None:
        anew = moved(
            earlier,
            to=BulletinState.DRAFT,
            by=order.by,
            at=clock.now(),
            note="重新起草",
            figures=figures,
            wording=wording,
            level=figures.level,
            office=figures.office,
            number=order.number or earlier.number,
            issued_on=order.issued_on or earlier.issued_on,
            drill=drill,
        )
        bulletins.replace(anew)
        return anew
    step = BulletinStep(state=BulletinState.DRAFT, by=person(order.by), at=clock.now())
    bulletin = recomposed(
        Bulletin(
            id=order.id,
            region=order.region,
            state=BulletinState.DRAFT,
            level=figures.level,
            office=figures.office,
            figures=figures,
            document=compose(figures, wording),
            wording=wording,
            steps=(step,),
            number=order.number,
            issued_on=order.issued_on,
            drill=drill,
            corrects=order.corrects,
            correction=_correction(order, bulletins),
        )
    )
    if not bulletins.add([bulletin]):
        raise Conflict(f"编号 {order.id} 刚刚被他人占用，请重新运行")
    return bulletin


def review_bulletin(
    id_: str,
    *,
    by: str,
    note: str,
    bulletins: RecordRepository[Bulletin],
    clock: Clock,
    rules: BulletinRules | None = None,
) -> Bulletin:
    """A person has read the draft, with the notes on conflicts let stand, and finds it good.

    RuleBroken where that person drafted it or let one of the conflicts stand, Conflict where another has reviewed it.
    ``rules`` are the shipped ones unless given.
    """
    bulletin = get(bulletins, id_, WHAT)
    by, rules = person(by), rules or shipped_bulletin_rules()
    if bulletin.state is BulletinState.REVIEWED and not own_part(bulletin, bulletin.steps[-1].by, rules):
        raise Conflict(f"通报 {id_} 已经审核，可以发布")
    require_another(bulletin, by, rules)
    reviewed = moved(bulletin, to=BulletinState.REVIEWED, by=by, at=clock.now(), note=note)
    bulletins.replace(reviewed)
    return reviewed


def override_conflict(
    id_: str, digest: str, *, reason: str, by: str, bulletins: RecordRepository[Bulletin], clock: Clock
) -> Bulletin:
    """Let a conflict that the consistency guard found stand, for a reason that the bulletin prints.

    ``digest`` is the conflict's; the text changes by the note, so that the bulletin is a draft again, and another
    person than who lets the conflict stand reviews it.
    """
    bulletin = get(bulletins, id_, WHAT)
    found = {conflict.digest: conflict for conflict in conflicts(bulletin.figures)}
    if digest not in found:
        listed = "；".join(f"{each.digest}　{each.sentence}" for each in found.values()) or "没有不一致之处"
        raise NotFound(f"通报 {id_} 没有编号为 {digest} 的不一致；现有：{listed}")
    now = clock.now()
    decision = override(found[digest], subject=id_, by=by, at=now, reason=reason)
    others = [each for each in bulletin.overrides if each.conflict.digest != digest]
    changed = moved(
        bulletin,
        to=BulletinState.DRAFT,
        by=by,
        at=now,
        note=f"核定不一致 {digest}",
        conflict=digest,
        overrides=(*others, decision),
    )
    bulletins.replace(changed)
    return changed


def rounds_of(figures: BulletinFigures) -> tuple[str, ...]:
    """Ids of the rounds that the figures come from."""
    sources = (figures.own, figures.reported, figures.recheck)
    return tuple(each.round_id for each in sources if each is not None and each.round_id)


def is_drill(round_id: str, rounds: RoundRepository) -> bool:
    """Whether a round of this program was a drill; rounds that took place elsewhere are not known and are none."""
    round_ = find_round(rounds, round_id)
    return round_ is not None and round_.drill


def _correction(order: DraftOrder, bulletins: RecordRepository[Bulletin]) -> Correction | None:
    if not order.corrects:
        return None
    wrong = get(bulletins, order.corrects, WHAT)
    if wrong.state is not BulletinState.PUBLISHED:
        raise Conflict(f"通报 {wrong.id} 尚未发布，可以直接重新起草，不必另发更正")
    if not order.reason.strip():
        raise InputRejected("更正通报没有写明更正的原因（reason）")
    return Correction(title=wrong.document.title, number=wrong.number, reason=order.reason.strip())
