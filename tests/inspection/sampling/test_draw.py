"""The draw: reproducible by anyone, bound to registry and seed, fair."""

import hashlib
from collections import Counter

import pytest

from inspection.errors import InputRejected, RuleBroken
from inspection.registry import Site, SiteCategory, SiteStatus
from inspection.registry.digest import registry_digest, row_digest
from inspection.sampling.draw import draw, sample_digest
from inspection.sampling.parse import parse_plan

PLAN = 'name = "x"\n[strata]\nby = ["province"]\n[size]\ncount = {count}\n{more}'


def plan(count: int = 10, more: str = ""):
    return parse_plan(PLAN.format(count=count, more=more))


def site(number: int, province: str = "11", **rest) -> Site:
    fields = {
        "code": f"{province}0000{number:04d}",
        "name": f"第{number}站",
        "url": f"http://s{number}.cn/",
        "category": SiteCategory.COUNTY_BELOW,
        "region": f"{province}0000",
        **rest,
    }
    return Site(**fields)


SITES = [site(n) for n in range(60)] + [site(n, "37") for n in range(40)]


def codes(drawn) -> list[str]:
    return [member.code for member in drawn.members]


def test_anyone_can_draw_again_with_nothing_but_sha256():
    """The documented recipe, written out independently."""
    drawn = draw(plan(), SITES, "种子")
    lines = "".join(f"{s.code} {row_digest(s)}\n" for s in sorted(SITES, key=lambda s: s.code))
    registry = hashlib.sha256(lines.encode()).hexdigest()
    key = hashlib.sha256(f"{registry}|种子".encode()).hexdigest()

    def lottery(province: str, number: int) -> list[str]:
        entrants = [s.code for s in SITES if s.province == province]
        return sorted(entrants, key=lambda code: hashlib.sha256(f"{key}|{code}".encode()).hexdigest())[:number]

    assert codes(drawn) == sorted(lottery("11", 6) + lottery("37", 4))
    expected = "".join(f"{m.code} {m.stratum} {m.inclusion_probability:.12f} 0\n" for m in drawn.members)
    assert drawn.sample_digest == hashlib.sha256(expected.encode()).hexdigest()
    assert drawn.registry_digest == registry == registry_digest(drawn.frame)


def test_the_order_of_the_registry_does_not_matter():
    assert draw(plan(), SITES, "s") == draw(plan(), reversed(SITES), "s")


def test_seed_and_every_registered_site_change_the_sample():
    first = codes(draw(plan(), SITES, "s"))
    assert codes(draw(plan(), SITES, "t")) != first
    closed = site(999, "65", status=SiteStatus.CLOSED)
    assert codes(draw(plan(), [*SITES, closed], "s")) != first


def test_probabilities_and_strata():
    drawn = draw(plan(), SITES, "s")
    assert {(m.stratum, m.inclusion_probability, m.certainty) for m in drawn.members} == {
        ("11", 0.1, False),
        ("37", 0.1, False),
    }
    assert [(row.stratum, row.population, row.certain, row.sampled) for row in drawn.strata] == [
        ("11", 60, 0, 6),
        ("37", 40, 0, 4),
    ]
    assert [row.covered for row in drawn.strata] == [60, 40]


def test_must_include_sites_come_first_and_count():
    more = '[must_include]\ncodes = ["1100000007"]\ncategories = ["city-portal"]'
    portals = [site(n, "37", category=SiteCategory.CITY_PORTAL) for n in (100, 101)]
    drawn = draw(plan(12, more), [*SITES, *portals], "s")
    certain = [m for m in drawn.members if m.certainty]
    assert [m.code for m in certain] == ["1100000007", "3700000100", "3700000101"]
    assert {m.inclusion_probability for m in certain} == {1.0}
    assert len(drawn.members) == 12
    table = [(row.stratum, row.population, row.certain, row.sampled) for row in drawn.strata]
    assert table == [("11", 60, 1, 5), ("37", 42, 2, 4)]
    assert {m.inclusion_probability for m in drawn.members if not m.certainty} == {5 / 59, 4 / 40}


def test_a_stratum_taken_whole_has_probability_one_without_certainty():
    drawn = draw(plan(2), [site(1), site(2, "37")], "s")
    assert [(m.inclusion_probability, m.certainty) for m in drawn.members] == [(1.0, False)] * 2
    assert all(row.is_census for row in drawn.strata)


def test_only_the_population_is_drawn():
    sites = [*SITES, *(site(n, "37", status=SiteStatus.SUSPENDED) for n in range(500, 600))]
    drawn = draw(plan(20), sites, "s")
    assert all(int(code[6:]) < 500 for code in codes(drawn))
    assert sum(row.population for row in drawn.strata) == 100
    assert len(drawn.frame) == 200


def test_fixed_allocation_may_leave_strata_out():
    text = 'name = "x"\n[strata]\nby = ["province"]\n[allocation]\nmethod = "fixed"\ncounts = { "11" = 3, "37" = 0 }'
    drawn = draw(parse_plan(text), SITES, "s")
    assert [(row.sampled, row.covered) for row in drawn.strata] == [(3, 60), (0, 0)]


@pytest.mark.parametrize(
    ("sites", "seed", "more", "error", "told"),
    [
        (SITES, " ", "", RuleBroken, "先公布种子"),
        ([], "s", "", RuleBroken, "总体为空"),
        ([*SITES, SITES[3]], "s", "", RuleBroken, "1100000003 出现两次"),
        (SITES, "s", '[must_include]\ncodes = ["9900000000"]', InputRejected, "9900000000 不在登记中"),
        (
            [*SITES, site(70, status=SiteStatus.CLOSED)],
            "s",
            '[must_include]\ncodes = ["1100000070"]',
            InputRejected,
            "关停.*不在方案的总体内",
        ),
        (SITES, "s", '[must_include]\ncategories = ["county-below"]', InputRejected, "必查网站有 100 个"),
    ],
)
def test_refusals(sites, seed, more, error, told):
    with pytest.raises(error, match=told):
        draw(plan(10, more), sites, seed)


def test_each_site_comes_up_as_often_as_its_probability_says():
    drawn = Counter(code for n in range(400) for code in codes(draw(plan(20), SITES, f"seed {n}")))
    assert len(drawn) == 100
    # 400 draws at probability 1/5: mean 80, standard deviation 8; five of these are never exceeded.
    assert all(40 <= times <= 120 for times in drawn.values())


def test_sample_digest_depends_on_all_fields_not_on_order():
    members = draw(plan(), SITES, "s").members
    assert sample_digest(reversed(members)) == sample_digest(members)
    assert sample_digest(members[1:]) != sample_digest(members)
