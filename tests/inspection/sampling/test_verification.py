"""Verification names the first difference of registry and sample."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from inspection.errors import InputRejected
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.registry.digest import row_digest
from inspection.sampling import Round, RoundState
from inspection.sampling.draw import draw, sample_digest
from inspection.sampling.manifest import manifest_of, read_manifest, write_manifest
from inspection.sampling.parse import parse_plan
from inspection.sampling.verification import DifferenceKind, verify

PLAN = 'name = "x"\n[strata]\nby = ["category"]\n[size]\ncount = 8\n'
replace = msgspec.structs.replace


def site(number: int, **rest) -> Site:
    code = f"11000000{number:02d}"
    fields = {"name": f"第{number}站", "url": f"http://s{number}.cn/", "category": SiteCategory.COUNTY_BELOW}
    return Site(code=code, region="110000", **{**fields, **rest})


SITES = [site(n) for n in range(40)]
DRAWN = draw(parse_plan(PLAN), SITES, "种子")
ROUND = Round(
    id="r1",
    title="一轮",
    as_of=date(2026, 11, 20),
    edition="2019",
    plan=PLAN,
    seed="种子",
    registry_digest=DRAWN.registry_digest,
    sample_digest=DRAWN.sample_digest,
    state=RoundState.DRAWN,
    drawn_at=datetime(2026, 11, 20, tzinfo=UTC),
    strata=DRAWN.strata,
)
MANIFEST = manifest_of(ROUND, DRAWN.members, DRAWN.frame)
SAMPLED = [member.code for member in DRAWN.members]
UNSAMPLED = [s.code for s in SITES if s.code not in SAMPLED]


def changed(code: str, **fields) -> list[Site]:
    return [replace(s, **fields) if s.code == code else s for s in SITES]


def history(code: str) -> list[Site]:
    return [s for s in SITES if s.code == code]


def test_an_untouched_round_is_confirmed():
    found = verify(MANIFEST, SITES)
    assert (found.registry, found.sample) == (None, None)
    assert (found.sites, found.members) == (40, 8)


@pytest.mark.parametrize(
    ("registry", "kind", "code", "told"),
    [
        ([*SITES, site(77)], DifferenceKind.ADDED, "1100000077", "现在有"),
        ([s for s in SITES if s.code != SAMPLED[0]], DifferenceKind.REMOVED, SAMPLED[0], "现在没有"),
        (changed(SAMPLED[2], name="改名"), DifferenceKind.CHANGED, SAMPLED[2], "网站名称 第.*站 → 改名"),
        (
            changed(SAMPLED[1], status=SiteStatus.CLOSED, organizer="新单位"),
            DifferenceKind.CHANGED,
            SAMPLED[1],
            "主办单位  → 新单位，状态 normal → closed",
        ),
        (
            [replace(s, name="全改") for s in SITES],
            DifferenceKind.CHANGED,
            "1100000000",
            "共 40 个网站不同，此为第一个",
        ),
    ],
)
def test_the_registry_changed_since(registry, kind, code, told):
    """The first differing site is named; with the history at hand the sample is still confirmed."""
    found = verify(MANIFEST, registry, history)
    assert found.registry is not None
    assert (found.registry.kind, found.registry.code) == (kind, code)
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(found.registry.message)
    assert found.sample is None


def test_without_history_the_sample_of_a_changed_registry_cannot_be_confirmed():
    found = verify(MANIFEST, changed(SAMPLED[0], name="改名"))
    assert found.registry is not None
    assert found.registry.fields == ()
    assert found.sample is not None
    assert (found.sample.kind, found.sample.code) == (DifferenceKind.NOT_RESTORABLE, SAMPLED[0])


def with_members(members, **fields):
    members = tuple(sorted(members, key=lambda member: member.code))
    return replace(MANIFEST, members=members, sample_digest=sample_digest(members), **fields)


FIRST, *OTHERS = DRAWN.members


@pytest.mark.parametrize(
    ("manifest", "kind", "code", "told"),
    [
        (with_members(OTHERS), DifferenceKind.MISSING, FIRST.code, "应被抽中"),
        (
            with_members([*DRAWN.members, replace(FIRST, code=UNSAMPLED[0])]),
            DifferenceKind.EXTRA,
            UNSAMPLED[0],
            "不应被抽中",
        ),
        (
            with_members([*OTHERS, replace(FIRST, inclusion_probability=0.5)]),
            DifferenceKind.CHANGED,
            FIRST.code,
            "入样概率记录为 0.5.*，应为 0.2",
        ),
        (with_members([*OTHERS, replace(FIRST, certainty=True)]), DifferenceKind.CHANGED, FIRST.code, "是否必查"),
        (with_members([*OTHERS, replace(FIRST, stratum="y")]), DifferenceKind.CHANGED, FIRST.code, "所属层记录为 y"),
        (replace(MANIFEST, sample_digest="0" * 64), DifferenceKind.DIGEST, "", "样本摘要"),
        (replace(MANIFEST, strata=()), DifferenceKind.STRATA, "", "记录为 无此层，应为 层 county-below"),
    ],
)
def test_a_doctored_sample(manifest, kind, code, told):
    found = verify(manifest, SITES)
    assert found.registry is None
    assert found.sample is not None
    assert (found.sample.kind, found.sample.code) == (kind, code)
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(found.sample.message)


def test_a_swapped_site_is_named_at_its_first_trace():
    swapped = with_members([*OTHERS, replace(FIRST, code=UNSAMPLED[-1])])
    found = verify(swapped, SITES).sample
    assert found is not None
    assert found.code == min(FIRST.code, UNSAMPLED[-1])
    assert found.total == 2


@pytest.mark.parametrize("field", ["seed", "plan"])
def test_another_seed_or_plan_gives_another_sample(field):
    other = {"seed": "种子2", "plan": PLAN.replace("8", "9")}[field]
    assert verify(replace(MANIFEST, **{field: other}), SITES).sample is not None


def test_a_plan_that_cannot_be_read_is_told():
    found = verify(replace(MANIFEST, plan="name ="), SITES).sample
    assert found is not None
    assert "无法重新抽样" in found.message


def test_a_doctored_frame_is_told_from_a_changed_registry():
    code = UNSAMPLED[3]
    frame = tuple((c, row_digest(site(99)) if c == code else digest) for c, digest in MANIFEST.frame)
    found = verify(replace(MANIFEST, frame=frame), SITES, history)
    assert found.registry is not None
    assert found.registry.code == code
    assert "底册或摘要被改动过" in found.registry.message
    assert found.sample is None


def test_a_doctored_registry_digest_leaves_no_base_to_draw_from():
    found = verify(replace(MANIFEST, registry_digest="0" * 64), SITES, history)
    assert found.registry is not None
    assert found.registry.kind is DifferenceKind.DIGEST
    assert found.sample is not None
    assert found.sample.kind is DifferenceKind.NOT_RESTORABLE


def test_the_record_survives_its_file():
    assert read_manifest(write_manifest(MANIFEST)) == MANIFEST


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", write_manifest(MANIFEST)[:-20]])
def test_a_broken_record_is_refused(data):
    with pytest.raises(InputRejected, match="抽样记录文件无法读取"):
        read_manifest(data)
