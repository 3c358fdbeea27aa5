"""Accountability (问责): who met with what for the state of a website, counted by kind."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from inspection.bulletin.figures import AccountabilityFigures
from inspection.cells import Cells
from inspection.errors import InputRejected
from inspection.records import Record
from inspection.rules import Rule
from inspection.standard.source import Source


class AccountabilityKind(Rule, frozen=True, kw_only=True):
    """``name`` is printed in bulletins; ``also`` are other names that files may use."""

    id: str
    name: str
    also: tuple[str, ...]
    source: Source


class AccountabilityRules(Rule, frozen=True, kw_only=True):
    """Kinds in the order of severity, mildest first."""

    kinds: tuple[AccountabilityKind, ...]

    def __post_init__(self) -> None:
        names = Counter(name for kind in self.kinds for name in (kind.id, kind.name, *kind.also))
        doubled = sorted(name for name, number in names.items() if number > 1)
        if doubled:
            raise InputRejected(f"问责类别中有重复的名称：{'、'.join(doubled)}")

    def named(self, name: str) -> AccountabilityKind | None:
        """The kind of a name, its id or one of its other names."""
        return next((kind for kind in self.kinds if name in (kind.id, kind.name, *kind.also)), None)


class Accountability(Record, frozen=True, kw_only=True):
    """Persons of one unit that met with one kind on one day; names of persons are not kept.

    ``id`` is the number of the decision, ``kind`` the id of its kind, ``case`` that of the rectification case it is
    about, empty where it is not known. ``department`` is the two-digit number of a State Council department that the
    unit belongs to, empty for others.
    """

    kind: str
    persons: int
    unit: str
    on: date
    department: str = ""
    case: str = ""
    note: str = ""


REQUIRED = ("number", "kind", "persons", "unit", "date")
OPTIONAL = ("region", "department", "case", "note")


def row_reader(
    rules: AccountabilityRules, find_case: Callable[[str], object | None], today: date
) -> Callable[[Cells], Accountability | None]:
    """Reads rows of a file by the kinds of the rules; None where the cells have noted problems.

    ``find_case`` gives the rectification case of a number, None where there is none: a row that names it is refused,
    and so is a decision after ``today`` (in China).
    """

    def read(cells: Cells) -> Accountability | None:
        name = cells.text("kind", required=True)
        kind = rules.named(name)
        if name and kind is None:
            cells.refuse("kind", f"不是问责类别；可填：{'、'.join(each.name for each in rules.kinds)}")
        on = cells.day("date", required=True)
        if on is not None and on > today:
            cells.refuse("date", f"日期晚于今天（{today}），请核对年份")
        case = cells.text("case", limit=60)
        if case and find_case(case) is None:
            cells.refuse("case", "没有这一编号的整改案件；请用 xuncha case list 查找编号，与案件无关的留空")
        region = cells.region("region", department="department")
        record = Accountability(
            id=cells.text("number", required=True, limit=60),
            region=region,
            department=cells.department("department", region=region),
            kind="" if kind is None else kind.id,
            persons=cells.number("persons", least=1),
            unit=cells.text("unit", required=True, limit=100),
            on=on or date.min,
            case=case,
            note=cells.text("note"),
        )
        return None if cells.problems else record

    return read


def accountability_figures(
    records: Iterable[Accountability], first: date, last: date, rules: AccountabilityRules
) -> AccountabilityFigures:
    """Persons by kind from ``first`` to ``last`` (both included), in the order of severity; kinds without any left out.

    A kind that the rules do not have any more is named by its id, behind the others.
    """
    persons: Counter[str] = Counter()
    for record in records:
        if first <= record.on <= last:
            persons[record.kind] += record.persons
    names = {kind.id: kind.name for kind in rules.kinds}
    ordered = [id_ for id_ in (*names, *sorted(persons.keys() - names.keys())) if persons[id_]]
    return AccountabilityFigures(persons=tuple((names.get(id_, id_), persons[id_]) for id_ in ordered))
