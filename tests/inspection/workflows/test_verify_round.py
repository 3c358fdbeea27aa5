"""A stored round is verified with the registry's history at hand."""

import msgspec

from inspection.registry import SiteStatus
from inspection.sampling.verification import DifferenceKind
from inspection.workflows.verify_round import manifest_of_round, verify_round


def test_an_untouched_round_is_confirmed(stores, draw_round):
    draw_round()
    found = verify_round("r1", rounds=stores.rounds, sites=stores.sites)
    assert (found.registry, found.sample) == (None, None)


def test_an_imported_change_is_named_with_its_field_and_the_sample_confirmed(stores, clock, draw_round):
    draw_round()
    code = stores.rounds.members("r1")[4].code
    gone = msgspec.structs.replace(stores.sites.get(code), status=SiteStatus.SUSPENDED)
    stores.sites.upsert([gone], at=clock.now(), source="later")
    found = verify_round("r1", rounds=stores.rounds, sites=stores.sites)
    assert (found.registry.kind, found.registry.code, found.registry.fields) == (
        DifferenceKind.CHANGED,
        code,
        ("status",),
    )
    assert found.sample is None


def test_a_stored_sample_that_was_changed_is_named(stores, draw_round):
    draw_round()
    first = stores.rounds._members["r1"].pop(0)
    found = verify_round("r1", rounds=stores.rounds, sites=stores.sites)
    assert found.registry is None
    assert (found.sample.kind, found.sample.code) == (DifferenceKind.MISSING, first.code)


def test_the_record_holds_what_was_stored(stores, draw_round):
    drawn = draw_round()
    record = manifest_of_round("r1", rounds=stores.rounds)
    assert record.seed == drawn.seed
    assert list(record.members) == stores.rounds.members("r1")
    assert list(record.frame) == stores.rounds.frame("r1")
