"""Ten families of templates, shaped after the content systems that real government sites run on."""

import json
from collections.abc import Callable
from datetime import date
from html import escape

from practice.model import SITE_MAP, Column, Item, PracticeSite
from practice.names import ICP_LETTERS

DateForm = Callable[[date], str]

_ISO: DateForm = "{0:%Y-%m-%d}".format


def _month_day(day: date) -> str:
    return f"({day:%m-%d})"


def _square(day: date) -> str:
    return f"[{day:%m-%d}]"


def _slashes(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def data_path(column: Column) -> str:
    """Where a column's script fetches its items."""
    return f"api/{column.path.strip('/')}.json"


def data_of(site: PracticeSite, column: Column) -> str:
    """What a column's script fetches: its items as markup."""
    items = (
        f'<li><a href="{site.directory}/{item.path}">{escape(item.title)}</a><span>{item.day:%Y-%m-%d}</span></li>'
        for item in column.items
    )
    return json.dumps({"html": "".join(items)}, ensure_ascii=False)


class Family:
    """A content system: its charset, and how it writes menus, blocks, lists, articles and the footer."""

    name = "trs"
    charset = "utf-8"
    declared = "utf-8"
    date_form: DateForm = staticmethod(_ISO)

    def page(self, site: PracticeSite, title: str, body: str, *, metas: str = "") -> str:
        """A whole page around a body."""
        declaration = f'<meta charset="{self.declared}">' if self.declared else ""
        return (
            f"<!DOCTYPE html>\n<html>\n<head>\n{declaration}\n<title>{escape(title)}</title>\n{metas}"
            f'<link rel="stylesheet" href="{site.directory}/css/site.css">\n<script src="{site.directory}/js/site.js"></script>\n'
            f'</head>\n<body>\n<div class="top"><img src="{site.directory}/images/logo.png" alt="{escape(site.name)}"></div>\n'
            f"{self.menu(site)}\n{body}\n{self.footer(site)}\n</body>\n</html>\n"
        )

    def menu(self, site: PracticeSite) -> str:
        """The main menu."""
        entries = "".join(f'<li><a href="{url}">{escape(name)}</a></li>' for name, url in menu_entries(site))
        return f'<div class="nav"><ul>{entries}</ul></div>'

    def item(self, site: PracticeSite, item: Item, *, dated: bool = True) -> str:
        """One item of a list."""
        shown = f"<span>{self.date_form(item.day)}</span>" if dated else ""
        return f'<li><a href="{site.directory}/{item.path}" title="{escape(item.title)}">{escape(item.title)}</a>{shown}</li>'

    def items(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        """The items of a column as a list."""
        return f'<ul class="list">{"".join(self.item(site, item, dated=dated) for item in column.items)}</ul>'

    def block(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        """A block of the home page: heading, "more" link, items."""
        url = f"{site.directory}/{column.path}"
        return (
            f'<div class="block"><div class="tit"><h3><a href="{url}">{escape(column.name)}</a></h3>'
            f'<a class="more" href="{url}">更多</a></div>{self.items(site, column, dated=dated)}</div>'
        )

    def blank(self, column: Column) -> str:
        """What stands in a column without items."""
        return '<div class="list"><p>暂无数据</p></div>'

    def scripted(self, site: PracticeSite, column: Column) -> str:
        """A list that only a script fills."""
        return (
            '<ul id="datalist" class="list"></ul>\n<script>fetch("'
            f'{site.directory}/{data_path(column)}").then(r => r.json()).then(d => '
            '{document.getElementById("datalist").innerHTML = d.html;});</script>'
        )

    def column_body(self, site: PracticeSite, column: Column) -> str:
        """Main part of a column page."""
        place = f'<div class="position">当前位置：<a href="{site.directory}/">首页</a> &gt; {escape(column.name)}</div>'
        if column.state == "text":
            text = (
                f"{site.city}{column.name}一栏介绍本单位的基本情况、职责分工与办公安排，内容由办公室负责维护并定期核对，如有变动及时调整公布。"
                * 3
            )
            return f'{place}<div class="content"><p>{text}</p></div>'
        inner = {"blank": self.blank(column), "script": self.scripted(site, column)}.get(
            column.state, self.items(site, column)
        )
        pager = '<div class="page">共1页 第1页</div>' if column.items else ""
        return f'{place}<div class="main"><h2>{escape(column.name)}</h2>{inner}{pager}</div>'

    def article_body(self, site: PracticeSite, column: Column, item: Item) -> str:
        """Main part of an article."""
        paragraph = f"{escape(item.title)}。{site.city}有关单位认真落实工作安排，明确任务分工，细化时间节点，加强协调配合，确保各项工作有序推进并取得实效。有关情况登记在第{item.serial}号。"
        return (
            f'<div class="position">当前位置：<a href="{site.directory}/">首页</a> &gt; <a href="{site.directory}/{column.path}">'
            f'{escape(column.name)}</a></div><div class="article"><h1>{escape(item.title)}</h1>'
            f'<div class="info">发布时间：{item.day:%Y-%m-%d} 09:30　来源：{escape(site.organizer)}</div>'
            f"<p>{paragraph}</p><p>{paragraph}</p>{related(site, column, item)}</div>"
        )

    def footer(self, site: PracticeSite) -> str:
        """The footer with the seven elements, less those planted as missing."""
        parts = [part for element, part in footer_parts(site) if element not in site.missing]
        parts.append(f'<a href="{site.directory}/{SITE_MAP}">网站地图</a> 版权所有 {escape(site.city)} 2015-2026')
        return f'<div class="footer">{"".join(f"<p>{part}</p>" for part in parts)}</div>'

    def home_files(self, site: PracticeSite, main: str) -> dict[str, str]:
        """Pages that together are the home page, by path below the directory; empty path = the page itself."""
        return {"": self.page(site, site.name, main, metas=site_metas(site))}


class AspNet(Family):
    """Tables and GBK, dates in square brackets before the title, ``.aspx`` addresses kept in the list pages."""

    name, charset, declared = "aspnet", "gbk", "gb2312"
    date_form = staticmethod(_square)

    def items(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        rows = "".join(
            f'<tr><td width="80">{self.date_form(item.day) if dated else "·"}</td>'
            f'<td><a href="{site.directory}/{item.path}">{escape(item.title)}</a></td></tr>'
            for item in column.items
        )
        return f'<table width="100%" class="list"><tbody>{rows}</tbody></table>'

    def block(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        url = f"{site.directory}/{column.path}"
        return (
            f'<table class="box"><tr><td class="tit">{escape(column.name)}</td><td align="right"><a href="{url}">更多&gt;&gt;</a></td></tr>'
            f'<tr><td colspan="2">{self.items(site, column, dated=dated)}</td></tr></table>'
        )


class JPage(Family):
    """Lists whose records stand in the page for a script to show."""

    name = "jpage"

    def column_body(self, site: PracticeSite, column: Column) -> str:
        if column.state != "listed":
            return super().column_body(site, column)
        records = "".join(f"<record><![CDATA[{self.item(site, item)}]]></record>" for item in column.items)
        return (
            f'<div class="position">您当前的位置：首页 &gt; {escape(column.name)}</div><div id="pane" class="main">'
            f'<script type="text/xml"><datastore><nextgroup></nextgroup><recordset>{records}</recordset></datastore></script>'
            '</div><script>new jpage("pane", 15);</script>'
        )


class Frameset(Family):
    """A home page of two frames: menu above, content below."""

    name, charset, declared = "frameset", "gbk", "gbk"
    date_form = staticmethod(_month_day)

    def home_files(self, site: PracticeSite, main: str) -> dict[str, str]:
        frames = (
            f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={self.declared}">'
            f"<title>{escape(site.name)}</title>{site_metas(site)}</head>"
            f'<frameset rows="120,*"><frame src="{site.directory}/top.html" name="top">'
            f'<frame src="{site.directory}/main.html" name="main"></frameset></html>'
        )
        top = f'<html><head><meta charset="{self.declared}"></head><body>{self.menu(site)}</body></html>'
        body = f'<html><head><meta charset="{self.declared}"></head><body>{main}{self.footer(site)}</body></html>'
        return {"": frames, "top.html": top, "main.html": body}


class DocWrite(Family):
    """Menus written by scripts; the blocks carry static links to the columns, and an index lists the others."""

    name = "docwrite"

    def menu(self, site: PracticeSite) -> str:
        lines = "".join(
            f"<script>var n='{name}';document.write('<li><a href=\"{url}\">'+n+'</a></li>');</script>"
            for name, url in menu_entries(site)
        )
        return f'<ul id="menu">{lines}</ul>'

    def home_files(self, site: PracticeSite, main: str) -> dict[str, str]:
        entries = "".join(f'<dd><a href="{url}">{escape(name)}</a></dd>' for name, url in menu_entries(site))
        return super().home_files(site, f'{main}<dl class="channels"><dt>栏目索引</dt>{entries}</dl>')


class Press(Family):
    """A blog system: headings as items, dates in Chinese."""

    name = "press"
    date_form = staticmethod(_chinese)

    def item(self, site: PracticeSite, item: Item, *, dated: bool = True) -> str:
        shown = f"<time>{self.date_form(item.day)}</time>" if dated else ""
        return (
            f'<div class="post"><h4><a href="{site.directory}/{item.path}">{escape(item.title)}</a></h4>{shown}'
            "<p>摘要内容详见正文。</p></div>"
        )

    def items(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        return f'<div class="posts">{"".join(self.item(site, item, dated=dated) for item in column.items)}</div>'


class Handmade(Family):
    """Old hand-written pages: upper-case tags, no declared charset, dates in brackets behind the title."""

    name, charset, declared = "handmade", "gbk", ""
    date_form = staticmethod(_slashes)

    def items(self, site: PracticeSite, column: Column, *, dated: bool = True) -> str:
        lines = "".join(
            f'<P>·<A HREF="{site.directory}/{item.path}">{escape(item.title)}</A>'
            f"{f'<FONT COLOR=gray>({self.date_form(item.day)})</FONT>' if dated else ''}</P>"
            for item in column.items
        )
        return f"<DIV CLASS=list>{lines}</DIV>"

    def blank(self, column: Column) -> str:
        return "<DIV CLASS=list><UL></UL></DIV>"


class Cards(Family):
    """Cards with the day and the month apart."""

    name = "cards"

    def item(self, site: PracticeSite, item: Item, *, dated: bool = True) -> str:
        shown = f'<div class="date"><b>{item.day:%d}</b><span>{item.day:%Y-%m}</span></div>' if dated else ""
        return f'<li>{shown}<a href="{site.directory}/{item.path}">{escape(item.title)}</a></li>'


class Mislabelled(Family):
    """UTF-8 that says it is GB2312, dates glued to the titles."""

    name, declared = "mislabelled", "gb2312"

    def item(self, site: PracticeSite, item: Item, *, dated: bool = True) -> str:
        shown = f" ({item.day:%Y-%m-%d})" if dated else ""
        return f'<li><a href="{site.directory}/{item.path}">{escape(item.title)}{shown}</a></li>'


class IFrame(Family):
    """Footer and column lists in inner frames."""

    name = "iframe"

    def footer(self, site: PracticeSite) -> str:
        return f'<iframe src="{site.directory}/inc/footer.html" width="100%" frameborder="0"></iframe>'

    def home_files(self, site: PracticeSite, main: str) -> dict[str, str]:
        inner = f'<html><head><meta charset="utf-8"></head><body>{super().footer(site)}</body></html>'
        return {**super().home_files(site, main), "inc/footer.html": inner}


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        *(Family(), AspNet(), JPage(), Frameset(), DocWrite(), Press(), Handmade(), Cards(), Mislabelled(), IFrame()),
    )
}


def related(site: PracticeSite, column: Column, item: Item) -> str:
    """Below a policy document its interpretation, below an interpretation its documents, less what is planted."""
    if item.path in site.unrelated:
        return ""
    if column.class_ == "policy":
        paired = [site.interpretation_of(item)]
        label = ("相关解读：", "政策解读", "解读链接")[site.number % 3]
    elif column.class_ == "interpretation":
        paired = [each for each in site.documents if site.interpretation_of(each) == item]
        label = ("相关文件：", "政策原文", "文件链接")[site.number % 3]
    else:
        return ""
    links = "".join(
        f'<p><a href="{site.directory}/{each.path}">{escape(each.title)}</a></p>' for each in paired if each is not None
    )
    return f"<h4>{label}</h4>{links}" if links else ""


def menu_entries(site: PracticeSite) -> list[tuple[str, str]]:
    """Home, every column, the guides and the letters: (name, path)."""
    own = [(column.name, f"{site.directory}/{column.path}") for column in site.columns]
    rest = [("办事指南", f"{site.directory}/bszn/"), ("领导信箱", f"{site.directory}/xxjl/")]
    return [("首页", site.home_path), *own, *rest]


def site_metas(site: PracticeSite) -> str:
    """The page tags of the site."""
    return (
        f'<meta name="SiteName" content="{escape(site.name)}">\n<meta name="SiteDomain" content="{site.host}">\n'
        f'<meta name="SiteIDCode" content="{site.meta_code or site.code}">\n'
        if "site_code" not in site.missing
        else f'<meta name="SiteName" content="{escape(site.name)}">\n'
    )


def column_metas(site: PracticeSite, column: Column) -> str:
    """The page tags of a column page."""
    kind = {"news": "工作动态", "notice": "通知公告", "policy": "政府文件"}.get(column.class_, column.name)
    return (
        f'{site_metas(site)}<meta name="ColumnName" content="{escape(column.name)}">\n'
        f'<meta name="ColumnDescription" content="{escape(column.name)}">\n<meta name="ColumnType" content="{kind}">\n'
    )


def article_metas(site: PracticeSite, column: Column, item: Item) -> str:
    """The page tags of an article."""
    return (
        f'{column_metas(site, column)}<meta name="ArticleTitle" content="{escape(item.title)}">\n'
        f'<meta name="PubDate" content="{item.day:%Y-%m-%d} 09:30">\n<meta name="ContentSource" content="{escape(site.organizer)}">\n'
    )


def footer_parts(site: PracticeSite) -> list[tuple[str, str]]:
    """(element, markup) of the seven elements; families of real sites write them in such ways."""
    letter = ICP_LETTERS.get(site.region[:2], "京")
    serial = f"{20000000 + site.number * 37:08d}"
    variant = site.number % 3
    mark = (
        '<script src="/js/conac.js" id="_ideConac" data="bszs"></script>',
        '<a href="/bszs.html"><img src="/images/red.png" alt="党政机关"></a>',
        '<span id="_ideConac"><a href="/bszs.html"><img src="/images/conac_red.png"></a></span>',
    )[variant]
    report = (
        f'<a href="/exposure/jiucuo.html?site_code={site.code}"><img src="/images/jiucuo.png" alt="政府网站找错"></a>',
        f'<script id="_jiucuo_" sitecode="{site.code}" src="/js/jiucuo.js"></script>',
        '<a href="/zhaocuo.html" title="我为政府网站找错">我为政府网站找错</a>',
    )[variant]
    code = (
        f"网站标识码：{site.code}",
        f"<span>网站标识码</span> <span>{site.code}</span>",
        f"政府网站标识码: {site.code}",
    )[variant]
    if "site_code" in site.missing:
        report = report.replace(site.code, "")
    directory = site.directory
    if "conac_mark" in site.missing:
        mark = ""
    return [
        ("conac_mark", mark.replace('src="/', f'src="{directory}/').replace('href="/', f'href="{directory}/')),
        ("jiucuo_entry", report.replace('src="/', f'src="{directory}/').replace('href="/', f'href="{directory}/')),
        (
            "organizer",
            f"主办单位：{escape(site.organizer)}"
            if variant
            else f"主办：{escape(site.organizer)} 承办：{escape(site.city)}信息中心",
        ),
        ("site_code", code),
        ("icp", f"{letter}ICP备{serial}号" + ("-1" if variant == 1 else "")),
        (
            "police_record",
            f"{letter}公网安备 {site.region if site.region != '000000' else '110102'}02{site.number:06d}号",
        ),
        ("contact", f"联系电话：0{500 + site.number % 400}-6{100000 + site.number}"),
    ]
