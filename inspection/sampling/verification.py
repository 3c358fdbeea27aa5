"""Does a stored or published sample follow from plan, registry and seed? The first difference is named.

Two questions, answered apart: is the registry of today that of the draw, and does drawing again from the
registry of the draw give the recorded sample? The registry may rightly have changed since; the second
question is then answered from the history of the changed sites.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest

import msgspec

from inspection.errors import RuleBroken
from inspection.registry import Site
from inspection.registry.digest import registry_digest, row_digest
from inspection.sampling.draw import Draw, draw, frame_of, sample_digest
from inspection.sampling.manifest import Manifest
from inspection.sampling.round import SampleMember, StratumSize

Versions = Callable[[str], Iterable[Site]]
"""All known versions of a site, by code."""

_FIELDS = {
    "name": "网站名称",
    "url": "网址",
    "category": "类别",
    "region": "行政区划",
    "organizer": "主办单位",
    "supervisor": "主管单位",
    "status": "状态",
}


class DifferenceKind(StrEnum):
    """In what way two records differ."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    DIGEST = "digest"
    STRATA = "strata"
    NOT_RESTORABLE = "not_restorable"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The first difference: its kind, the site it concerns (empty: none in particular) and a Chinese sentence.

    ``fields`` are the names of the differing fields, where known; ``total`` counts all differences of its sort.
    """

    kind: DifferenceKind
    code: str
    message: str
    fields: tuple[str, ...] = ()
    total: int = 1


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: None where nothing differs."""

    round_id: str
    registry_digest: str
    sample_digest: str
    sites: int
    members: int
    registry: Difference | None
    sample: Difference | None


def no_versions(_: str) -> Iterable[Site]:
    """For verification without a store: no site has a known history."""
    return ()


def verify(manifest: Manifest, registry: Iterable[Site], versions: Versions = no_versions) -> Verification:
    """Compare a record with the registry of today and with a draw of one's own."""
    today = {site.code: site for site in registry}
    rows = dict(frame_of(today.values()))
    return Verification(
        round_id=manifest.round_id,
        registry_digest=manifest.registry_digest,
        sample_digest=manifest.sample_digest,
        sites=len(manifest.frame),
        members=len(manifest.members),
        registry=_registry_difference(manifest, today, rows, versions),
        sample=_sample_difference(manifest, today, rows, versions),
    )


def restored(
    frame: Iterable[tuple[str, str]], today: Mapping[str, Site], versions: Versions
) -> tuple[list[Site], str | None]:
    """The registry of a frame: each site as it was, and the code of the first that no known version matches."""
    sites: list[Site] = []
    for code, digest in frame:
        site = _version(code, digest, today.get(code), versions)
        if site is None:
            return sites, code
        sites.append(site)
    return sites, None


def _version(code: str, digest: str, now: Site | None, versions: Versions) -> Site | None:
    if now is not None and row_digest(now) == digest:
        return now
    return next((site for site in versions(code) if row_digest(site) == digest), None)


def _registry_difference(
    manifest: Manifest, today: Mapping[str, Site], rows: Mapping[str, str], versions: Versions
) -> Difference | None:
    then = dict(manifest.frame)
    codes = sorted(code for code in then.keys() | rows.keys() if then.get(code) != rows.get(code))
    if codes:
        return _site_difference(manifest, codes, today, versions)
    if registry_digest(manifest.frame) != manifest.registry_digest:
        message = "各网站的登记与抽样时保存的底册一致，但底册的摘要与记录的登记摘要不符：登记摘要被改动过"
        return Difference(kind=DifferenceKind.DIGEST, code="", message=message)
    return None


def _site_difference(
    manifest: Manifest, codes: Sequence[str], today: Mapping[str, Site], versions: Versions
) -> Difference:
    """The first of the codes at which the registry of today and the frame part."""
    code, then = codes[0], dict(manifest.frame)
    fields: tuple[str, ...] = ()
    if code not in then:
        kind, what = DifferenceKind.ADDED, "抽样时的登记中没有，现在有"
    elif code not in today:
        kind, what = DifferenceKind.REMOVED, "抽样时的登记中有，现在没有"
    else:
        kind = DifferenceKind.CHANGED
        fields, what = _changes(_version(code, then[code], None, versions), today[code])
    message = f"网站 {code}：{what}" + (f"（共 {len(codes)} 个网站不同，此为第一个）" if len(codes) > 1 else "")
    if registry_digest(manifest.frame) != manifest.registry_digest:
        message += "；抽样时保存的底册本身与记录的登记摘要不符，底册或摘要被改动过"
    return Difference(kind=kind, code=code, message=message, fields=fields, total=len(codes))


def _changes(before: Site | None, after: Site) -> tuple[tuple[str, ...], str]:
    if before is None:
        return (), "登记内容与抽样时不同（没有当时的内容可比，无法指出哪一项）"
    fields = tuple(name for name in _FIELDS if getattr(before, name) != getattr(after, name))
    changes = "，".join(f"{_FIELDS[name]} {getattr(before, name)} → {getattr(after, name)}" for name in fields)
    return fields, f"登记内容已改变：{changes}"


def _sample_difference(
    manifest: Manifest, today: Mapping[str, Site], rows: Mapping[str, str], versions: Versions
) -> Difference | None:
    base, missing = _base(manifest, today, rows, versions)
    if missing is not None:
        return missing
    try:
        own = draw(manifest.sampling_plan(), base, manifest.seed)
    except RuleBroken as error:
        message = f"按记录的方案、登记和种子无法重新抽样：{error}"
        return Difference(kind=DifferenceKind.NOT_RESTORABLE, code="", message=message)
    return _first_member(manifest, own) or _digest_difference(manifest) or _strata_difference(manifest, own)


def _base(
    manifest: Manifest, today: Mapping[str, Site], rows: Mapping[str, str], versions: Versions
) -> tuple[Iterable[Site], Difference | None]:
    """The registry to draw from: the one that has the recorded digest."""
    if registry_digest(rows.items()) == manifest.registry_digest:
        return today.values(), None
    if registry_digest(manifest.frame) != manifest.registry_digest:
        message = "现在的登记和保存的底册都与记录的登记摘要不符，无法重新抽样"
        return (), Difference(kind=DifferenceKind.NOT_RESTORABLE, code="", message=message)
    sites, lost = restored(manifest.frame, today, versions)
    if lost is None:
        return sites, None
    message = f"网站 {lost} 抽样时的登记内容已无从查考，无法重新抽样；请提供抽样时的登记文件"
    return (), Difference(kind=DifferenceKind.NOT_RESTORABLE, code=lost, message=message)


def _first_member(manifest: Manifest, own: Draw) -> Difference | None:
    recorded = {member.code: member for member in manifest.members}
    drawn = {member.code: member for member in own.members}
    found = [
        difference
        for code in sorted(recorded.keys() | drawn.keys())
        if (difference := _member_difference(recorded.get(code), drawn.get(code))) is not None
    ]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    message = f"{found[0].message}（共 {len(found)} 处不同，此为第一处）"
    return msgspec.structs.replace(found[0], message=message, total=len(found))


def _member_difference(recorded: SampleMember | None, drawn: SampleMember | None) -> Difference | None:
    if recorded is None and drawn is not None:
        message = f"网站 {drawn.code}：应被抽中（层 {drawn.stratum}），记录的样本中没有"
        return Difference(kind=DifferenceKind.MISSING, code=drawn.code, message=message)
    if drawn is None and recorded is not None:
        message = f"网站 {recorded.code}：不应被抽中，却在记录的样本中"
        return Difference(kind=DifferenceKind.EXTRA, code=recorded.code, message=message)
    if recorded is None or drawn is None:
        return None
    fields = tuple(name for name in _MEMBER_FIELDS if _shown(recorded, name) != _shown(drawn, name))
    if not fields:
        return None
    told = "，".join(f"{_MEMBER_FIELDS[f]}记录为 {_shown(recorded, f)}，应为 {_shown(drawn, f)}" for f in fields)
    message = f"网站 {recorded.code}：{told}"
    return Difference(kind=DifferenceKind.CHANGED, code=recorded.code, message=message, fields=fields)


_MEMBER_FIELDS = {"stratum": "所属层", "inclusion_probability": "入样概率", "certainty": "是否必查"}


def _shown(member: SampleMember, field: str) -> str:
    """A member's field as the digest of the sample writes it."""
    value = getattr(member, field)
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:.12f}" if isinstance(value, float) else str(value)


def _digest_difference(manifest: Manifest) -> Difference | None:
    """The members are right; is the recorded digest theirs?"""
    found = sample_digest(manifest.members)
    if found == manifest.sample_digest:
        return None
    message = f"样本各网站无误，但记录的样本摘要 {manifest.sample_digest} 不符，应为 {found}"
    return Difference(kind=DifferenceKind.DIGEST, code="", message=message)


def _strata_difference(manifest: Manifest, own: Draw) -> Difference | None:
    for recorded, drawn in zip_longest(manifest.strata, own.strata):
        if recorded != drawn:
            message = f"分层表与重新抽样不同：记录为 {_row(recorded)}，应为 {_row(drawn)}"
            return Difference(kind=DifferenceKind.STRATA, code="", message=message)
    return None


def _row(row: StratumSize | None) -> str:
    if row is None:
        return "无此层"
    return f"层 {row.stratum}（总体 {row.population}，必查 {row.certain}，抽取 {row.sampled}）"
