"""The draw: from plan, registry and published seed to the sample, the same for everybody who repeats it.

1. ``registry_digest`` is the SHA-256 of the whole registry (:mod:`inspection.registry.digest`).
2. ``key`` = hex SHA-256 of the UTF-8 text ``<registry digest>|<seed>``: with the seed published first, nobody
   can shape the registry after it, nor choose the seed after the registry, without a trace.
3. A site's ``rank`` = hex SHA-256 of ``<key>|<site code>``.
4. Each stratum gives the ``n`` drawable sites of smallest rank.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from inspection.errors import InputRejected, RuleBroken
from inspection.registry import Site
from inspection.registry.digest import registry_digest, row_digest
from inspection.sampling.allocation import allocate, total_size
from inspection.sampling.plan import AllocationMethod, SamplingPlan
from inspection.sampling.round import SampleMember, StratumSize

Frame = tuple[tuple[str, str], ...]
"""(site code, row digest) of a registry, by ascending code."""


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn sample. ``members`` by ascending code, ``strata`` by name."""

    frame: Frame
    members: tuple[SampleMember, ...]
    strata: tuple[StratumSize, ...]
    registry_digest: str
    sample_digest: str


def frame_of(sites: Iterable[Site]) -> Frame:
    """The frame of a registry; RuleBroken if a code stands in it twice."""
    frame = tuple(sorted((site.code, row_digest(site)) for site in sites))
    for (code, _), (after, _) in pairwise(frame):
        if code == after:
            raise RuleBroken(f"登记中标识码 {code} 出现两次，不能抽样")
    return frame


def draw(plan: SamplingPlan, frame: Iterable[Site], seed: str) -> Draw:
    """Draw the sample of ``plan`` from the registry ``frame`` (all of it, in any order) by a published seed.

    Raises :class:`RuleBroken` for an empty seed or population and :class:`InputRejected` where the plan
    cannot be met.
    """
    if not seed.strip():
        raise RuleBroken("没有种子：请先公布种子（例如约定某日的公开数字），再用它抽样")
    sites = list(frame)
    rows = frame_of(sites)
    digest = registry_digest(rows)
    covered = [site for site in sites if plan.population.covers(site)]
    if not covered:
        raise RuleBroken("方案的总体为空：登记中没有符合 [population] 的网站")
    certain = _certain(plan, sites)
    drawable = _by_stratum(plan, (site for site in covered if site.code not in certain))
    numbers = _numbers(plan, len(covered), len(certain), {stratum: len(codes) for stratum, codes in drawable.items()})
    members = [*_certain_members(plan, covered, certain), *_drawn_members(drawable, numbers, draw_key(digest, seed))]
    members.sort(key=lambda member: member.code)
    return Draw(
        frame=rows,
        members=tuple(members),
        strata=_strata_table(plan, covered, certain, numbers),
        registry_digest=digest,
        sample_digest=sample_digest(members),
    )


def draw_key(registry: str, seed: str) -> str:
    """What the ranks depend on: the registry's digest and the seed."""
    return _sha256(f"{registry}|{seed}")


def rank(key: str, code: str) -> str:
    """Place of a site in the lottery of its stratum; the smallest win."""
    return _sha256(f"{key}|{code}")


def sample_digest(members: Iterable[SampleMember]) -> str:
    """SHA-256 (hex) over ``<code> <stratum> <probability, 12 decimals> <1 if certain, else 0>`` lines by code."""
    digest = hashlib.sha256()
    for member in sorted(members, key=lambda member: member.code):
        line = f"{member.code} {member.stratum} {member.inclusion_probability:.12f} {int(member.certainty)}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _certain(plan: SamplingPlan, sites: Sequence[Site]) -> frozenset[str]:
    """Codes of the sites that must be taken; a listed code outside the population contradicts the plan."""
    known = {site.code: site for site in sites}
    for code in plan.must_include.codes:
        if code not in known:
            raise InputRejected(f"must_include.codes 中的 {code} 不在登记中，请更正或删去")
        if not plan.population.covers(known[code]):
            site = known[code]
            raise InputRejected(
                f"must_include.codes 中的 {code}（{site.name}，{site.status.chinese}，{site.category.chinese}）"
                "不在方案的总体内，请删去它或放宽 [population]"
            )
    of_class = (s.code for s in sites if s.category in plan.must_include.categories and plan.population.covers(s))
    return frozenset((*plan.must_include.codes, *of_class))


def _by_stratum(plan: SamplingPlan, sites: Iterable[Site]) -> dict[str, list[str]]:
    strata: defaultdict[str, list[str]] = defaultdict(list)
    for site in sites:
        strata[plan.strata.key(site)].append(site.code)
    return dict(strata)


def _numbers(plan: SamplingPlan, population: int, certain: int, drawable: Mapping[str, int]) -> dict[str, int]:
    if plan.allocation.method is AllocationMethod.FIXED:
        return allocate(plan.allocation, drawable, 0)
    size = total_size(plan.size, population)
    if certain > size:
        raise InputRejected(f"必查网站有 {certain} 个，超过样本量 {size}，请增大 [size] 或缩短 [must_include]")
    return allocate(plan.allocation, drawable, size - certain) if drawable else {}


def _certain_members(plan: SamplingPlan, covered: Iterable[Site], certain: frozenset[str]) -> Iterable[SampleMember]:
    return (
        SampleMember(code=site.code, stratum=plan.strata.key(site), inclusion_probability=1.0, certainty=True)
        for site in covered
        if site.code in certain
    )


def _drawn_members(
    drawable: Mapping[str, Sequence[str]], numbers: Mapping[str, int], key: str
) -> Iterable[SampleMember]:
    for stratum, codes in drawable.items():
        number = numbers[stratum]
        for code in sorted(codes, key=lambda code: (rank(key, code), code))[:number]:
            yield SampleMember(code=code, stratum=stratum, inclusion_probability=number / len(codes))


def _strata_table(
    plan: SamplingPlan, covered: Iterable[Site], certain: frozenset[str], numbers: Mapping[str, int]
) -> tuple[StratumSize, ...]:
    populations: Counter[str] = Counter()
    certains: Counter[str] = Counter()
    for site in covered:
        stratum = plan.strata.key(site)
        populations[stratum] += 1
        certains[stratum] += site.code in certain
    return tuple(
        StratumSize(stratum=name, population=populations[name], certain=certains[name], sampled=numbers.get(name, 0))
        for name in sorted(populations)
    )
