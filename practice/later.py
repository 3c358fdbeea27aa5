"""The practice web some time later: what is kept up has new items, and some sites put old articles up again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from practice.model import Column, Fault, Item, PracticeSite
from practice.plan import explaining, with_newest

_SERIOUS = {"2015": "C15-V4", "2019": "N19-V1"}
_STEPS = {"news": 1, "notice": 9, "policy": 17, "survey": 25, "interview": 25, "personnel": 35}
_OTHER_STEP = 40
_SITES_PER_FAULT = 5
_COPIES = 3


def later_web(web: Iterable[PracticeSite], *, days: int, seed: int) -> list[PracticeSite]:
    """The sites ``days`` later. Every fifth of those without a fault shows old news under new dates (旧稿重发).

    Columns with a planted fault stay as they are, so that what was wrong goes on being wrong.
    """
    found = []
    clean = 0
    for site in web:
        rng = Random(f"{seed}:{site.number}:later:{days}")
        moved = _moved_on(site, days, rng)
        if not site.faults and site.status == "normal":
            clean += 1
            moved = _republished(moved, site, rng) if clean % _SITES_PER_FAULT == 1 else moved
        found.append(moved)
    return found


def _moved_on(site: PracticeSite, days: int, rng: Random) -> PracticeSite:
    """The site with new items in the columns that are kept up, and its letters as much younger as time went by.

    Dates that lay ahead have come.
    """
    as_of = site.as_of + timedelta(days=days)
    faulty = {fault.subject for fault in site.faults}
    stays = site.status == "closed" or any(fault.kind == "home-stale" for fault in site.faults)
    later = replace(site, as_of=as_of, faults=tuple(each for each in site.faults if each.kind != "future-dates"))
    columns = tuple(
        column
        if stays or column.state != "listed" or column.class_ == "interpretation" or _holds(column, faulty)
        else _with_news(column, later, site.as_of, rng)
        for column in site.columns
    )
    span = timedelta(days=days)
    letters = tuple(
        replace(
            each,
            # Another letter, not the old one under a new date.
            title=f"{each.title}（{each.asked + span:%m月%d日}来信）",
            asked=each.asked + span,
            answered=None if each.answered is None else each.answered + span,
        )
        for each in site.letters
    )
    columns = tuple(_explained(column, columns, site, later) for column in columns)
    return replace(later, columns=columns, letters=letters)


def _holds(column: Column, subjects: set[str]) -> bool:
    return any(subject.startswith(column.path) for subject in subjects)


def _explained(column: Column, columns: tuple[Column, ...], before: PracticeSite, site: PracticeSite) -> Column:
    """A column of interpretations with those of the documents that have come since; any other as it is."""
    if column.class_ != "interpretation" or column.state != "listed":
        return column
    known = {document.path for document in before.documents}
    documents = [item for each in columns if each.class_ == "policy" for item in each.items if item.path not in known]
    fresh = explaining(column, documents, site).items
    return replace(column, items=(*fresh, *column.items))


def _with_news(column: Column, site: PracticeSite, before: date, rng: Random) -> Column:
    step = _STEPS.get(column.class_, _OTHER_STEP)
    fresh = with_newest(column, site, rng, rng.randint(0, 3), step).items
    items = [*(item for item in fresh if item.day > before), *column.items][: len(column.items)]
    return replace(column, items=tuple(items))


def _republished(site: PracticeSite, before: PracticeSite, rng: Random) -> PracticeSite:
    """The first column of news led by articles that it showed before, under new addresses and dates."""
    first, *rest = site.columns
    copies = [
        _again(item, site.as_of - timedelta(days=number), rng)
        for number, item in enumerate(before.columns[0].items[:_COPIES], 1)
    ]
    kept = first.items[: len(first.items) - _COPIES]
    led = replace(first, items=(*copies, *kept))
    fault = Fault("republished", site.base, _SERIOUS, doubtful=True)
    return replace(site, columns=(led, *rest)).with_fault(fault)


def _again(item: Item, day: date, rng: Random) -> Item:
    folder = item.path.partition("/")[0]
    path = f"{folder}/{day:%Y%m}/t{day:%Y%m%d}_{rng.randint(100_000, 999_999)}.html"
    return Item(item.title, path, day, origin=item.path)
