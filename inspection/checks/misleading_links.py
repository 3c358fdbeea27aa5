"""Links that lead elsewhere than they say (链接指向与名称不符)."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from inspection.checks.case import Case
from inspection.checks.check import check
from inspection.checks.links import LinkParams, home_first, price_of
from inspection.findings import Evidence, Finding, FindingState
from inspection.observation import LinkOutcome, LinkSeen
from inspection.observation.site import LinkSource
from inspection.registry.address import host_of, is_government, registrable_domain
from inspection.standard import Indicator

_SHOWN_PLACES = 5
_WRITTEN_ADDRESS = re.compile(
    r"(?:https?://|(?=www\.))((?:[a-z0-9-]+\.)+[a-z0-9-]+)(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_ORGAN = re.compile(
    r"(?P<core>[\u4e00-\u9fff]{2,16}?)(?:人民政府|政府(?=网|门户)|管委会|委员会|委|局|厅)(?:办公[厅室])?(?:政府|门户)*(?:网站|官网|网)?"
)
_NO_ORGAN = re.compile(
    r"[党工团村居编政常评组纪监]委|[村居]民委员会|(?:业主|学术|组织|促进|消费者)\w*委员会|[邮书格布结开破时棋大全新]局"
    r"|(?:供电|电信|电力|电业|铁路|邮政|港务)局|(?:大|餐|客|展|展览|音乐|歌舞|营业|服务)厅"
)
_PLACE_WORDS = re.compile(r"中国|国家|[省市县区州镇乡]")
_EMPTY_WORDS = re.compile(
    r"中国|政府|人民|首页|主页|欢迎|访问|光临|网站|官网|官方|门户|平台|系统|页面|登[录陆]|注册|用户|统一|身份|认证|验证|安全"
    r"|跳转|提示|正在|加载|请稍[候等后]|无标题|文档|浏览器|温馨|维护|升级|错误"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TELLING_TITLE = 4
"""A title of fewer Chinese characters, empty words aside, does not say whose page it is."""
_ACCOUNT_DOMAINS = frozenset(
    {
        "weibo.com",
        "weibo.cn",
        "qq.com",
        "toutiao.com",
        "douyin.com",
        "kuaishou.com",
        "bilibili.com",
        "163.com",
        "sina.com.cn",
    }
)
"""Where government organs keep accounts of their own."""


class MisleadingParams(LinkParams, frozen=True, kw_only=True):
    """Besides what a wrong link costs: domains that are one address, old and new, in the text of a link."""

    same_domains: Annotated[tuple[tuple[str, ...], ...], msgspec.Meta(title="视为同一网址的域名：{}")] = ()


class _Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Why a link is doubted, and the places that say what it is not."""

    message: str
    places: Sequence[LinkSource]


@check(MisleadingParams)
def misleading_links(case: Case, row: Indicator, params: MisleadingParams) -> list[Finding]:
    """Open question per target that is not what its links say, at the price of a wrong link.

    国办发〔2015〕15号，链接可用性: 链接打不开或错误. Doubted are links that are named after an organ of government and
    lead to a page outside the government's domains whose title has nothing in common with the name; and links whose
    text is an address of one domain and which lead to another. Whether it is so is for a person to see.
    """
    checked = {link.url: link for link in case.observations.links}
    findings = []
    for url, sources in case.link_places.items():
        places = [place for place in sources if place.element in ("a", "area") and place.text]
        doubt = next(_doubts(case, url, places, checked.get(url), params.same_domains), None)
        if doubt is not None:
            points, where = price_of(case, doubt.places, params)
            findings.append(
                case.finding(
                    row,
                    FindingState.SUSPECTED,
                    f"{where}{doubt.message}",
                    subject=url,
                    points=points,
                    evidence=[_evidence(url, place) for place in home_first(case, doubt.places)[:_SHOWN_PLACES]],
                )
            )
    return findings


def _doubts(
    case: Case,
    url: str,
    places: Sequence[LinkSource],
    seen: LinkSeen | None,
    same_domains: Sequence[Sequence[str]],
) -> Iterator[_Doubt]:
    own = registrable_domain(host_of(case.observations.site.url))
    if case.scope.contains(url) or registrable_domain(host_of(url)) == own:
        return
    misaddressed = [place for place in places if _is_misaddressed(place.text, url, same_domains)]
    if misaddressed:
        yield _Doubt(message=f"链接写作 {misaddressed[0].text.strip()}，实际指向 {url}", places=misaddressed)
    if seen is None or seen.outcome is not LinkOutcome.OK or not seen.title:
        return
    final = seen.final_url or url
    domain = registrable_domain(host_of(final))
    if is_government(host_of(final)) or domain == own or domain in _ACCOUNT_DOMAINS:
        return
    misnamed = [place for place in places if _is_misnamed(place.text, seen.title)]
    if misnamed:
        message = f"链接“{misnamed[0].text.strip()}”指向非政府网站“{seen.title}”：{final}"
        yield _Doubt(message=message, places=misnamed)


def _is_misaddressed(text: str, url: str, same_domains: Sequence[Sequence[str]]) -> bool:
    """Whether the text is an address of another domain than the link's, which does not so much as name it."""
    written = _WRITTEN_ADDRESS.fullmatch(text.strip())
    if written is None:
        return False
    host = written.group(1).lower()
    told, meant = registrable_domain(host), registrable_domain(host_of(url))
    is_one = told == meant or any(told in family and meant in family for family in same_domains)
    return not is_one and host not in url.lower()


def _is_misnamed(text: str, title: str) -> bool:
    """Whether the text names an organ, and the title says something that has no character in common with the name.

    Organs are often called by abbreviations (卫健委 for 卫生健康委员会), so single characters are compared.
    """
    named = _ORGAN.fullmatch(text.strip())
    if named is None or _NO_ORGAN.search(text):
        return False
    if len(_CHINESE.findall(_EMPTY_WORDS.sub("", title))) < _TELLING_TITLE:
        return False
    core = _PLACE_WORDS.sub("", named["core"]) or text
    return not set(core) & set(title)


def _evidence(url: str, place: LinkSource) -> Evidence:
    return Evidence(
        url=place.page, excerpt=f"<{place.element} {place.attribute}>“{place.text}” → {url}", line=place.line
    )
