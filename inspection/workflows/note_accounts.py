"""Keep the registry of new-media accounts and what was seen of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol

from inspection.cells import Cells
from inspection.checks.linkage import RepostState
from inspection.linkage.accounts import (
    Account,
    AccountSeen,
    AccountStatus,
    Freshness,
    as_registered,
    freshness,
    read_account,
    read_sighting,
    with_sighting,
)
from inspection.linkage.carried import Carried, Carrier, carried, read_carried
from inspection.linkage.rules import LinkageRules
from inspection.ports import Clock, ImportCounts, JudgingStores
from inspection.records import RecordRepository, every
from inspection.workflows.count_reposts import reposts_of_round
from inspection.workflows.import_records import adding, counted, import_records
from inspection.workflows.import_registry import ImportReport, RawRow


class AccountStores(Protocol):
    """What accounts are kept in."""

    @property
    def accounts(self) -> RecordRepository[Account]: ...

    @property
    def carried(self) -> RecordRepository[Carried]: ...


class RepostStores(AccountStores, JudgingStores, Protocol):
    """What reposts of a round are read from and noted in."""


def import_accounts(
    rows: Iterable[RawRow], stores: AccountStores, *, progress: Callable[[int], None] = lambda _: None
) -> ImportReport:
    """Add accounts, or change them by platform and name; what has been seen of one is never put back."""
    return import_records(
        rows,
        read_account,
        lambda batch: _upsert(batch, stores.accounts),
        key=("account", lambda each: each.id),
        progress=progress,
    )


def _upsert(batch: Sequence[Account], accounts: RecordRepository[Account]) -> ImportCounts:
    added = accounts.add(batch)
    changed = 0
    for account in batch if added < len(batch) else ():
        stored = accounts.find(account.id)
        assert stored is not None  # it has just been added, if it was not there
        after = as_registered(stored, account)
        if after is not stored:
            accounts.replace(after)
            changed += 1
    return ImportCounts(added=added, changed=changed, unchanged=len(batch) - added - changed)


def import_sightings(
    rows: Iterable[RawRow], stores: AccountStores, *, progress: Callable[[int], None] = lambda _: None
) -> ImportReport:
    """What was seen of accounts on file; an event that one carried is counted. Importing a file again changes nothing.

    ``counts.added`` are the sightings that told something new.
    """

    def read(cells: Cells) -> AccountSeen | None:
        seen = read_sighting(cells)
        if seen is not None and stores.accounts.find(seen.account) is None:
            cells.refuse("account", "登记中没有这个平台上的这个账号，请先用 xuncha accounts import 登记")
            return None
        return seen

    return import_records(
        rows, read, lambda batch: _note(batch, stores), key=("account", lambda each: each.key), progress=progress
    )


def _note(batch: Sequence[AccountSeen], stores: AccountStores) -> ImportCounts:
    new = 0
    events: list[tuple[AccountSeen, Account]] = []
    for seen in batch:
        account = stores.accounts.find(seen.account)
        assert account is not None  # reading has found it
        after = with_sighting(account, seen)
        if after is not account:
            stores.accounts.replace(after)
        if seen.event:
            events.append((seen, after))
        new += after is not account
    records = [
        carried(seen.event, Carrier.ACCOUNT, account.id, seen.seen_at, url=seen.url, region=account.region)
        for seen, account in events
    ]
    return counted(max(new, stores.carried.add(records)), len(batch))


def import_carried(
    rows: Iterable[RawRow], stores: AccountStores, *, progress: Callable[[int], None] = lambda _: None
) -> ImportReport:
    """Reports of sites and accounts that carried an event; each counts once per event."""
    return import_records(
        rows, read_carried, adding(stores.carried), key=("subject", lambda each: each.id), progress=progress
    )


def note_reposts(round_id: str, indicator: str, stores: RepostStores, *, clock: Clock) -> int:
    """Count the sites of a round that reposted an article, in time or late, among those that carried it.

    The article's title is the event; returns how many were not known yet. Repeating it adds nothing.
    """
    articles, of_sites = reposts_of_round(round_id, indicator, stores)
    titles = {article.url: article.title for article in articles}
    now, added = clock.now(), 0
    for site, states in of_sites:
        added += stores.carried.add(
            [
                carried(titles[url], Carrier.SITE, site.code, now, url=site.url, region=site.region)
                for url, state in states.items()
                if state in (RepostState.IN_TIME, RepostState.LATE)
            ]
        )
    return added


def stale_accounts(
    stores: AccountStores, rules: LinkageRules, day: date, *, region: str = ""
) -> list[tuple[Account, Freshness]]:
    """Running accounts that are stale or of which nothing can be said as of ``day``, stale ones first."""
    judged = (
        (account, freshness(account, day, rules))
        for account in every(stores.accounts, {"region": region})
        if account.status is AccountStatus.NORMAL
    )
    found = [pair for pair in judged if pair[1] is not Freshness.FRESH]
    return sorted(found, key=lambda pair: (pair[1] is not Freshness.STALE, pair[0].last_update or date.min, pair[0].id))
