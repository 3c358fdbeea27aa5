"""The text of a bulletin, in the order of the published ones: what was found, main problems, what is to be done.

Pure: figures and wording in, document out. A part that the figures do not have is left out, and no number is printed
that is not in the figures or follows from them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from inspection.bulletin.annexes import annexes_of
from inspection.bulletin.document import Block, Document, Heading, Paragraph
from inspection.bulletin.figures import (
    AccountabilityFigures,
    BulletinFigures,
    Change,
    Deadlines,
    GroupRow,
    LinkageFigures,
    MessageFigures,
    ProblemShare,
    RectificationFigures,
    SampleFigures,
    SpecialCheckFigures,
    UnitDeduction,
)
from inspection.bulletin.sample import is_small, is_weighted, running_total
from inspection.bulletin.wording import LevelWording, NextStep, Wording
from inspection.bulletin.words import count, day, interval, listed, numeral, ordered, percent, points, width
from inspection.offices import OfficeLevel
from inspection.registry import regions
from inspection.registry.site import NATION
from inspection.statistics.period import printed_before

_PARTS_IN_PROSE = 12
"""Parts of a sample that a sentence lists; more of them stand in the annex alone."""
_PROBLEMS_IN_PROSE = 8
_UNITS_IN_PROSE = 8
_LOCAL = (OfficeLevel.MUNICIPAL, OfficeLevel.COUNTY, OfficeLevel.DEPARTMENTAL)
_LAST_PERIOD = (("季度", "上季度"), ("半年", ""), ("月", "上月"), ("年", "上年"))
"""By what the period is called; a half-year before has no short name that is not that of the year's first half."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What an issue corrects: title and number of the earlier one, and what was wrong with it."""

    title: str
    number: str
    reason: str


def compose(
    figures: BulletinFigures,
    wording: Wording,
    *,
    number: str = "",
    issued_on: date | None = None,
    mark: str = "",
    correction: Correction | None = None,
    copies_to: str = "",
    printed_on: date | None = None,
) -> Document:
    """The bulletin of these figures; ``copies_to`` comes before that of the wording."""
    words = wording.at(figures.level, figures.area)
    about = "整改复查" if _is_recheck(figures) else "抽查"
    chapters = [
        (f"{about}情况", _findings(figures, wording, words)),
        ("主要问题", _problems(figures.problems, words)),
        ("下一步工作要求", _next_steps(figures, words)),
    ]
    opening = [
        *([Paragraph(text=words.addressees, flush=True)] if words.addressees else []),
        Paragraph(text=f"近期，{figures.office}组织开展了{figures.period}{figures.area}政府网站{about}。{_CLOSING}"),
        *([Paragraph(text=_correction(correction))] if correction is not None else []),
    ]
    return Document(
        title_lines=_title(figures, about),
        issuer=figures.office,
        number=number,
        issued_on=issued_on,
        mark=mark,
        blocks=(*opening, *_numbered([(title, blocks) for title, blocks in chapters if blocks])),
        annexes=annexes_of(figures, wording),
        notes=figures.notes,
        head=words.head.format(office=figures.office),
        copies_to=copies_to or words.copies_to,
        printed_by=words.printed_by or figures.office,
        printed_on=printed_on,
    )


def _title(figures: BulletinFigures, about: str) -> tuple[str, ...]:
    """Broken where the sense allows it."""
    head, tail = f"{figures.office}关于{figures.period}", f"{figures.area}政府网站{about}情况的通报"
    if width(head) <= _TITLE_WIDTH:
        return head, tail
    return figures.office, f"关于{figures.period}", tail


_TITLE_WIDTH = 20
"""Characters of a title that stand in one line of a page."""
_CLOSING = "现将有关情况通报如下："


def _is_recheck(figures: BulletinFigures) -> bool:
    has_sample = figures.own is not None or figures.reported is not None
    return not has_sample and (figures.recheck is not None or bool(figures.rechecked_failing))


def _correction(correction: Correction) -> str:
    number = f"（{correction.number}）" if correction.number else ""
    return (
        f"本通报是对《{correction.title}》{number}的更正。更正原因：{correction.reason.rstrip('。')}。"
        "原通报与本通报不一致的，以本通报为准。"
    )


def _numbered(chapters: Sequence[tuple[str, Sequence[Block]]]) -> Iterable[Block]:
    for place, (title, blocks) in enumerate(chapters, 1):
        yield Heading(level=1, text=f"{numeral(place)}、{title}")
        yield from blocks


def _sections(sections: Iterable[tuple[str, list[str]]]) -> list[Block]:
    """Sections with something to say, numbered （一） where there is more than one."""
    spoken = [(title, texts) for title, texts in sections if texts]
    blocks: list[Block] = []
    for place, (title, texts) in enumerate(spoken, 1):
        if len(spoken) > 1:
            blocks.append(Heading(level=2, text=f"（{numeral(place)}）{title}"))
        blocks += [Paragraph(text=text) for text in texts]
    return blocks


# What was found


def _findings(figures: BulletinFigures, wording: Wording, words: LevelWording) -> list[Block]:
    last = figures.compared_with or _last_period(figures.period)
    return _sections(
        [
            ("总体情况", _overall(figures, wording, words, last)),
            ("国务院重要信息联动发布情况", _linkage(figures.linkage, words)),
            ("网站纠错留言办理情况", _messages(figures.messages, words, last)),
            ("整改复查情况", _rechecked(figures)),
            ("日常考核扣分情况", _deductions(figures.deductions)),
            ("问责情况", _accountability(figures.accountability)),
        ]
    )


def _overall(figures: BulletinFigures, wording: Wording, words: LevelWording, last: str) -> list[str]:
    return [
        *_running(figures, wording),
        *([] if figures.own is None else [_own(figures, figures.own, wording, words, last)]),
        *([] if figures.reported is None else [_reported(figures, figures.reported, wording, words, last)]),
        *([] if figures.rectification is None else _rectification(figures.rectification, wording, words, last)),
        *(_special(each, figures.office) for each in figures.special_checks),
        *([_sentence(figures.special_check)] if figures.special_check else []),
    ]


def _running(figures: BulletinFigures, wording: Wording) -> list[str]:
    classes = [row for row in figures.running if row.sites]
    if not classes:
        return []
    total = running_total(figures)
    text = f"截至{day(figures.as_of)}，{figures.area}正在运行的政府网站{count(total)}家。"
    if len(classes) > 1:
        parts = [f"{wording.classes[row.category]}{count(row.sites)}家" for row in classes]
        text += f"其中，{'，'.join(parts)}。"
    return [text]


def _own(figures: BulletinFigures, sample: SampleFigures, wording: Wording, words: LevelWording, last: str) -> str:
    text = f"{figures.office}{words.drawn}{words.sampled}{count(sample.sampled)}个{_of_running(sample, words)}"
    parts = _parts(figures, sample)
    if figures.level in _LOCAL and 1 < len(parts) <= _PARTS_IN_PROSE:
        text += f"，其中{listed([f'{name}{count(number)}个' for name, number in parts])}。抽查"
    else:
        text += "，"
    return text + _outcome(sample, (*figures.regions, *figures.departments), wording, words, last)


def _parts(figures: BulletinFigures, sample: SampleFigures) -> list[tuple[str, int]]:
    """How many sites of whom are in the sample: by the annexes, else as the source declares it."""
    rows = [(row.name, row.sampled) for row in (*figures.departments, *figures.regions) if row.sampled]
    declared = next((each.parts for each in figures.declared if each.stated == sample.sampled), ())
    return rows or list(declared)


def _reported(figures: BulletinFigures, sample: SampleFigures, wording: Wording, words: LevelWording, last: str) -> str:
    departments = figures.departments_reporting
    places = sample.units - departments
    who = f"{count(places)}个{words.reporting.removeprefix('各')}" if places > 0 else words.reporting
    if departments:
        who += f"和{count(departments)}个{words.reporting_departments}"
    text = f"{who}共抽查{words.reported}{count(sample.sampled)}个{_of_running(sample, words)}，"
    rows = (*figures.reported_regions, *figures.reported_departments)
    text += _outcome(sample, rows, wording, words, last)
    if sample.verified:
        is_sentence = sample.verified.endswith("。")
        text += sample.verified if is_sentence else f"经抽样复核，{words.reported_verified}{sample.verified}。"
    return text


def _of_running(sample: SampleFigures, words: LevelWording) -> str:
    if sample.share_of_running is None:
        return ""
    return f"，占运行政府网站总数的{percent(sample.share_of_running, words.decimals)}"


def _outcome(sample: SampleFigures, rows: Sequence[GroupRow], wording: Wording, words: LevelWording, last: str) -> str:
    """From the failing sites on: to follow a comma or a verb. ``rows`` are the groups of the sample."""
    text = f"发现不合格网站{count(sample.failed)}个" if sample.failed else "未发现不合格网站"
    if is_small(sample):
        text += f"；{wording.small_sample}{_in_brackets(sample)}。"
    elif sample.rate is not None:
        text += f"，总体合格率{percent(sample.rate, words.decimals)}{_change(sample.change, last)}。"
    else:
        text += "。"
    text += _left_out(sample) + _groups(sample, rows, words)
    is_told = is_weighted(sample) and not is_small(sample)
    return f"{text}总体合格率按各网站被抽中的概率加权推算，不等于样本中合格网站的比例。" if is_told else text


def _in_brackets(sample: SampleFigures) -> str:
    if sample.low is None or sample.high is None:
        return ""
    return f"（合格率的95%置信区间为{interval(sample.low, sample.high, 1)}）"


def _change(change: Change | None, last: str) -> str:
    if change is None:
        return ""
    if float(points(change.points)) == 0:
        return f"，与{last}{'基本' if change.points else ''}持平"
    verb = "提高" if change.points > 0 else "下降"
    return f"，比{last}{verb}{points(change.points)}个百分点{_doubt(change)}"


def _doubt(change: Change) -> str:
    """What keeps a reader from taking it for a real change; the annex has the whole statement."""
    if change.significant is False:
        return "（差异在抽样误差范围内）"
    return "（不能判断是否属于抽样误差）" if change.significant is None and change.statement else ""


def _left_out(sample: SampleFigures) -> str:
    parts = []
    if sample.not_determined:
        parts.append(f"{count(sample.not_determined)}个网站未作判定")
    if sample.closed:
        parts.append(f"{count(sample.closed)}个网站在抽查期间已经关停")
    return f"另有{listed(parts)}，不计入合格率。" if parts else ""


def _groups(sample: SampleFigures, rows: Sequence[GroupRow], words: LevelWording) -> str:
    """The places at 100 % with what was left undecided there, and those with low rates."""
    text = ""
    where = words.reporting.removeprefix("各")
    if sample.full:
        named = listed(sample.full[:_NAMED_FULL])
        number = f"{named}等{count(len(sample.full))}个{where}" if len(sample.full) > _NAMED_FULL else named
        undecided = sum(row.not_determined for row in rows if row.name in sample.full)
        beside = f"（未作判定的{count(undecided)}个网站不计在内）" if undecided else ""
        text += f"其中，{number}政府网站抽查合格率达100%{beside}。"
    if sample.below:
        text += f"{listed(sample.below)}政府网站抽查合格率较低。"
    return text


_NAMED_FULL = 1
"""How many of the places at 100 % are named before 等: 北京等11个地区."""


def _rectification(figures: RectificationFigures, wording: Wording, words: LevelWording, last: str) -> list[str]:
    if figures.share is None:
        return []
    done, share = figures.done, percent(figures.share, words.decimals)
    merged = f"，含关停整合{count(figures.closed)}个" if figures.closed else ""
    text = f"{last}通报的{count(figures.failing)}个不合格政府网站"
    if done == figures.failing:
        text += f"已全部完成整改{f'（{merged[1:]}）' if merged else ''}"
    elif figures.share >= wording.rectified.basically:
        text += f"已基本完成整改（占{share}{merged}）"
    elif done:
        text += f"中，{count(done)}个已完成整改（占{share}{merged}）"
    else:
        text += "均未完成整改"
    if figures.open and done:
        text += f"，{count(figures.open)}个正在整改"
    if figures.escalated:
        text += f"，{count(figures.escalated)}个逾期未整改或者整改不到位，已加重处理"
    return [f"{text}。"]


def _special(check: SpecialCheckFigures, office: str) -> str:
    text = f"{office}还对部分网站的{check.topic}进行了专项检查，共检查{count(check.checked)}个网站，"
    if not check.faulty:
        return f"{text}未发现突出问题。"
    problems = f"，主要是{listed(check.problems[:_PROBLEMS_IN_PROSE])}" if check.problems else ""
    return f"{text}{count(check.faulty)}个存在问题{problems}。"


def _linkage(figures: LinkageFigures | None, words: LevelWording) -> list[str]:
    if figures is None:
        return []
    shares = []
    if figures.column_share is not None:
        share = percent(figures.column_share, words.decimals)
        shares.append(f"有{share}的政府网站在首页显著位置开设了国务院重要政策信息专栏")
    if figures.in_time_share is not None:
        share = percent(figures.in_time_share, words.decimals)
        shares.append(f"{share}的政府网站能够在国务院重要信息发布后24小时内进行转载")
    text = f"{words.portals}中，{'，'.join(shares)}。" if shares else ""
    carriers = []
    if figures.sites_reposting is not None:
        carriers.append(f"{count(figures.sites_reposting)}个政府网站")
    if figures.accounts_reposting is not None:
        carriers.append(f"{count(figures.accounts_reposting)}个政务新媒体")
    if carriers:
        what = f"对{figures.title}进行了直播或者转载" if figures.title else "转载了国务院重要信息"
        text += f"共有{listed(carriers)}{what}。"
    return [text] if text else []


def _messages(figures: MessageFigures | None, words: LevelWording, last: str) -> list[str]:
    if figures is None:
        return []
    text = ""
    if figures.handled_share is not None:
        text = (
            f"截至{day(figures.until)}，“我为政府网站找错”平台共收到有效留言{count(figures.valid)}条，"
            f"已办结{count(figures.handled)}条，总体办结率{percent(figures.handled_share, words.decimals)}"
        )
        text += f"，逾期未办结{count(figures.overdue)}条。" if figures.overdue else "。"
    if figures.entry_share is not None:
        text += (
            f"{percent(figures.entry_share, words.decimals)}的{words.portals}在首页添加了“我为政府网站找错”监督举报"
            f"平台入口{_change(figures.entry_change, last)}。"
        )
    return [text] if text else []


def _rechecked(figures: BulletinFigures) -> list[str]:
    recheck, sites = figures.recheck, figures.rechecked_failing
    if recheck is None and not sites:
        return []
    looked_at = "" if recheck is None else f"对{count(recheck.sites)}个网站"
    text = (
        f"{figures.office}将监测报告反馈有关网站主办单位，在规定的整改期限届满后委托第三方机构{looked_at}进行了复查。"
    )
    if not sites:
        return [f"{text}经复查，有关网站均已完成整改。"]
    text += f"经复查，仍有{count(len(sites))}个网站存在问题"
    places = Counter(_place(site.code) for site in sites)
    if len(places) > 1:
        text += f"，其中{listed([f'{place}{count(number)}个' for place, number in places.items()])}"
    problems = Counter(problem for site in sites for problem in dict.fromkeys(site.problems))
    if problems:
        text += f"，主要是{listed([name for name, _ in problems.most_common(_PROBLEMS_IN_PROSE)])}"
    return [f"{text}。"]


def _place(code: str) -> str:
    """The prefecture of a site; its own words for sites of a province or of the State Council's departments."""
    if not code[:6].isdecimal() or code[:6] == NATION:
        return "国务院部门"
    return "省级部门" if code[2:4] == "00" else regions.prefix_name(code[:4])


def _deductions(units: Sequence[UnitDeduction]) -> list[str]:
    if not units:
        return []
    named = [f"{unit.unit}扣{points(unit.points)}分" for unit in units[:_UNITS_IN_PROSE]]
    rest = f"等{count(len(units))}个单位被扣分" if len(units) > _UNITS_IN_PROSE else ""
    return [f"按照日常考核办法，{listed(named)}{rest}。"]


def _accountability(figures: AccountabilityFigures | None) -> list[str]:
    if figures is None or not figures.total:
        return []
    kinds = [(name, number) for name, number in figures.persons if number]
    return [
        "各有关方面进一步加大了对不合格政府网站责任单位和人员的问责力度，"
        f"共有{count(figures.total)}人被问责。其中，{'，'.join(f'{name}{count(number)}人' for name, number in kinds)}。"
    ]


# Problems and what is to be done


def _problems(problems: Sequence[ProblemShare], words: LevelWording) -> list[Block]:
    if not problems:
        return []
    shown, rest = problems[:_PROBLEMS_IN_PROSE], problems[_PROBLEMS_IN_PROSE:]
    text = f"抽查发现的问题主要有：{ordered([_problem(each, words) for each in shown])}。"
    if rest:
        text += f"此外，还发现{listed([each.name for each in rest])}等问题。"
    return [Paragraph(text=text)]


def _problem(problem: ProblemShare, words: LevelWording) -> str:
    if not problem.sites:
        return problem.name
    share = percent(problem.share, words.decimals)
    return f"{problem.name}，涉及{count(problem.sites)}个网站，占不合格网站的{share}"


def _next_steps(figures: BulletinFigures, words: LevelWording) -> list[Block]:
    deadlines = _said(figures.deadlines)
    steps = [step for step in words.next if _applies(step, deadlines)]
    values = {**deadlines, "office": figures.office, "area": figures.area}
    return _sections((step.title, [step.text.format(**values)]) for step in steps)


def _said(deadlines: Deadlines) -> dict[str, str]:
    given = {"report_by": deadlines.report_by, "recheck_on": deadlines.recheck_on}
    return {name: day(value) for name, value in given.items() if value is not None}


def _applies(step: NextStep, deadlines: dict[str, str]) -> bool:
    missing = any(f"{{{name}}}" in step.text for name in ("report_by", "recheck_on") if name not in deadlines)
    return not missing and step.unless not in deadlines


def _last_period(period: str) -> str:
    return next((last for sign, last in _LAST_PERIOD if sign in period), "") or printed_before(period) or "上期"


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！")) else f"{text}。"
