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
    require_unpublished,
    require_usable,
)
from inspection.bulletin.figures import BulletinFigures
from inspection.bulletin.prose import Correction, compose
from inspection.bulletin.rules import BulletinRules, shipped_bulletin_rules
from inspection.bulletin.wording import Wording
from inspection.errors import Conflict, InputRejected, NotFound
from inspection.offices import Office, OfficeLevel
from inspection.ports import Clock, RoundRepository
from inspection.records import RecordRepository, every, get
from inspection.registry.site import NATION
from inspection.statistics.guard import conflicts, override
from inspection.workflows.rounds import find_round

WHAT = "通报"


class DraftOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a bulletin besides its figures; what is empty stays as it was in an earlier draft.

    ``region`` is its six-digit region; bulletins of the nation and of its departments need none.
    ``copies_to`` are those that get copies (抄送); where nobody is named, those of the wording.
    """

    id: str
    by: str
    region: str = ""
    number: str = ""
    issued_on: date | None = None
    copies_to: str = ""
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

    With ``corrects`` it is a new issue in the place of the latest published one, which stays as it is. InputRejected
    where the region is not known, or a correction has no reason; Conflict where the issue is not published or has been
    corrected.
    """
    require_usable(order.id, order.number)
    drill = any(is_drill(id_, rounds) for id_ in rounds_of(figures))
    earlier = bulletins.find(order.id)
    if earlier is not None:
        require_unpublished(earlier)
    corrects, correction = _correction(order, earlier, bulletins)
    region = _region(order, earlier, figures.level)
    if earlier is not None:
        anew = moved(
            earlier,
            to=BulletinState.DRAFT,
            by=order.by,
            at=clock.now(),
            note="重新起草",
            figures=figures,
            wording=wording,
            region=region,
            level=figures.level,
            office=figures.office,
            corrects=corrects,
            correction=correction,
            number=order.number or earlier.number,
            issued_on=order.issued_on or earlier.issued_on,
            copies_to=order.copies_to or earlier.copies_to,
            drill=drill,
        )
        bulletins.replace(anew)
        return anew
    step = BulletinStep(state=BulletinState.DRAFT, by=person(order.by), at=clock.now())
    bulletin = recomposed(
        Bulletin(
            id=order.id,
            region=region,
            state=BulletinState.DRAFT,
            level=figures.level,
            office=figures.office,
            figures=figures,
            document=compose(figures, wording),
            wording=wording,
            steps=(step,),
            number=order.number,
            issued_on=order.issued_on,
            copies_to=order.copies_to,
            drill=drill,
            corrects=corrects,
            correction=correction,
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


class Correcting(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction is told by."""

    id: str
    corrects: str


def _require_latest(corrected: str, id_: str, bulletins: RecordRepository[Bulletin]) -> None:
    """Conflict where a bulletin other than ``id_`` corrects that issue, published or not."""
    others = sorted(each.id for each in bulletins.parts(Correcting, {"corrects": corrected}) if each.id != id_)
    for other in (get(bulletins, each, WHAT) for each in others[:1]):
        if other.state is BulletinState.PUBLISHED:
            raise corrected_by(corrected, other.id)
        raise Conflict(f"通报 {corrected} 的更正 {other.id} 正在办理（{other.state.chinese}）；请重新起草 {other.id}")


def corrected_by(id_: str, other: str) -> Conflict:
    """That an issue has been corrected: the correction is what may be corrected further."""
    return Conflict(f"通报 {id_} 已由 {other} 更正；如仍有错误，请更正 {other}（corrects 为 {other}）")


def corrections(bulletins: RecordRepository[Bulletin]) -> dict[str, str]:
    """Ids of the published corrections by the id of the issue that they correct."""
    published = bulletins.parts(Correcting, {"state": BulletinState.PUBLISHED.value})
    return {each.corrects: each.id for each in published if each.corrects}


def rounds_of(figures: BulletinFigures) -> tuple[str, ...]:
    """Ids of the rounds that the figures come from."""
    sources = (figures.own, figures.reported, figures.recheck)
    return tuple(each.round_id for each in sources if each is not None and each.round_id)


def is_drill(round_id: str, rounds: RoundRepository) -> bool:
    """Whether a round of this program was a drill; rounds that took place elsewhere are not known and are none."""
    round_ = find_round(rounds, round_id)
    return round_ is not None and round_.drill


def region_on_file(
    figures: BulletinFigures, *, office: Office | None, region: str, offices: RecordRepository[Office]
) -> str:
    """The region of a bulletin: that of ``office``, the one given, or that of the office that the figures name.

    Empty where nothing of it is known; InputRejected where the office lies in another region than the one given.
    """
    if region and not (region.isdecimal() and len(region) == _REGION_DIGITS):
        raise InputRejected(f"地区代码 {region!r} 无效，请写成六位数字，例如 460000")
    if office is not None:
        if region and region != office.region:
            raise InputRejected(f"单位 {office.id} 的地区是 {office.region}，不是 {region}，请只写明其一")
        return office.region
    named = {each.region for each in every(offices, {"level": figures.level.value}) if each.name == figures.office}
    return region or (named.pop() if len(named) == 1 else "")


_REGION_DIGITS = 6


def _region(order: DraftOrder, earlier: Bulletin | None, level: OfficeLevel) -> str:
    known = "" if earlier is None or earlier.region == NATION else earlier.region
    region = order.region or known or (NATION if level in _OF_NO_REGION else "")
    if not region:
        raise InputRejected(
            "发布单位没有登记，不知道通报属于哪个地区：请写明地区的六位代码（region，例如 460000），或先登记该单位"
        )
    return region


_OF_NO_REGION = (OfficeLevel.NATIONAL, OfficeLevel.DEPARTMENTAL)


def _correction(
    order: DraftOrder, earlier: Bulletin | None, bulletins: RecordRepository[Bulletin]
) -> tuple[str, Correction | None]:
    """Id of the issue that is corrected, and what is printed of it; both as before where the order names neither."""
    corrects, reason = order.corrects, order.reason.strip()
    if earlier is not None and corrects in ("", earlier.corrects):
        corrects = earlier.corrects
        reason = reason or ("" if earlier.correction is None else earlier.correction.reason)
    if not corrects:
        if reason:
            raise InputRejected(
                "只有更正通报才说明更正的原因；请同时写明所更正的通报（corrects），或去掉原因（reason）"
            )
        return "", None
    wrong = get(bulletins, corrects, WHAT)
    if wrong.state is not BulletinState.PUBLISHED:
        raise Conflict(f"通报 {wrong.id} 尚未发布，可以直接重新起草，不必另发更正")
    _require_latest(corrects, order.id, bulletins)
    if not reason:
        raise InputRejected("更正通报没有写明更正的原因（reason）")
    return corrects, Correction(title=wrong.document.title, number=wrong.number, reason=reason)
