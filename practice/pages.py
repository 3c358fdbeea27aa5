"""All pages and files of one site, by path; rendered once and kept."""

import io
import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from practice.families import FAMILIES, Family, article_metas, column_metas, data_of, data_path, site_metas
from practice.model import GUIDE_ELEMENTS, LETTER_ENTRY, SITE_MAP, Column, Letter, PracticeSite

HTML, GIF, PDF = "text/html", "image/gif", "application/pdf"
_JSON = "application/json; charset=utf-8"
_PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
_STATIC = {
    "images/": ("image/gif", _PIXEL),
    "css/": ("text/css", b"body{margin:0;font-family:serif}\n"),
    "js/": ("application/javascript", b"var site = 1;\n"),
}


@dataclass(frozen=True)
class Answer:
    """What the server says: status, type, body, and where it redirects to."""

    status: int = 200
    content_type: str = HTML
    body: bytes = b""
    location: str = ""


@lru_cache(maxsize=512)
def site_files(site: PracticeSite) -> dict[str, Answer]:
    """Every page of a site by its path below the directory."""
    family = FAMILIES[site.family]
    files = {path: _html(family, text) for path, text in _home(site, family).items()}
    files[SITE_MAP] = _html(family, family.page(site, f"网站地图-{site.name}", _site_map(site), metas=site_metas(site)))
    for column in site.columns:
        body = family.column_body(site, column) + _column_extras(site, column)
        if column.path == "jgzn/" and site.extra_text:
            body += f"<p>{escape(site.extra_text)}</p>"
        title = f"{column.name}-{site.name}"
        files[column.path] = _html(family, family.page(site, title, body, metas=column_metas(site, column)))
        for item in column.items:
            text = family.page(
                site,
                f"{item.title}-{site.name}",
                family.article_body(site, column, item),
                metas=article_metas(site, column, item),
            )
            files[item.path] = _html(family, text)
        if column.state == "script":
            files[data_path(column)] = Answer(content_type=_JSON, body=data_of(site, column).encode())
    files.update(_services(site, family))
    files.update(_letters(site, family))
    files.update(_downloads())
    if site.entry in ("meta", "script"):
        files["web/index.html"] = files[""]
        files[""] = _html(family, _stub(site))
    return files


def _html(family: Family, text: str) -> Answer:
    return Answer(content_type=HTML, body=text.encode(family.charset, "xmlcharrefreplace"))


def _stub(site: PracticeSite) -> str:
    if site.entry == "meta":
        return f'<html><head><meta http-equiv="refresh" content="0;url={site.home_path}"></head><body></body></html>'
    return f'<html><head><script>window.location.href="{site.home_path}";</script></head><body></body></html>'


def _home(site: PracticeSite, family: Family) -> dict[str, str]:
    blocks = [
        column for column in site.columns if column.state == "listed" and column.class_ in ("news", "notice", "policy")
    ]
    body = "".join(family.block(site, column, dated=not site.home_undated) for column in blocks)
    clock = f'<div class="clock">今天是{site.as_of.year}年{site.as_of.month}月{site.as_of.day}日 欢迎访问</div>'
    council = '<div class="gwy"><a href="http://www.council.localhost.invalid-example/">国务院信息</a></div>'.replace(
        "http://www.council.localhost.invalid-example/", f"{site.directory}/gwyxx/"
    )
    main = clock + council + body + _planted(site, home=True) + _friends(site)
    main += _link_farm(site)
    if site.defaced:
        main = '<h1 style="color:red">HACKED BY NOBODY</h1><marquee>this site was taken over</marquee>' + main
    files = family.home_files(site, main)
    if site.defaced:
        files[""] = files[""].replace(f"<title>{escape(site.name)}</title>", "<title>HACKED BY NOBODY</title>")
    return files


_HIDINGS = {
    "display": '<div style="display:none">{}</div>',
    "off-screen": '<div style="position:absolute;left:-9999px;top:-9999px">{}</div>',
    "tiny": '<div style="font-size:0px;height:0;overflow:hidden">{}</div>',
    "class": "<style>.lk1 {{ visibility: hidden }}</style><p class='lk1'>{}</p>",
    "by-id": '<div id="lk2">{}</div><script>document.getElementById("lk2").style.display="none";</script>',
    "colour": '<p style="color:#ffffff;background-color:#FFF">{}</p>',
    "written": "<script>document.write('<div>{}</div>');</script>",
}
HIDINGS = tuple(_HIDINGS)
"""Ways to hide a farm of links."""


def _link_farm(site: PracticeSite) -> str:
    if not site.hiding:
        return ""
    farm = "".join(f'<a href="http://lucky-{n}.localhost:{site.port}/">开户送彩金棋牌平台{n}</a>' for n in range(12))
    return _HIDINGS[site.hiding].format(farm)


def _planted(site: PracticeSite, *, home: bool, column: str = "") -> str:
    links = [link for link in site.links if link.on_home is home and (home or link.column == column)]
    if not links:
        return ""
    lines = "".join(
        f'<p><a href="{escape(link.url)}">{escape(link.text) or f"便民服务入口及资料下载之{n}"}</a></p>'
        for n, link in enumerate(links, 1)
    )
    return f'<div class="footlinks bottom">{lines}</div>'


def _friends(site: PracticeSite) -> str:
    partners = "".join(
        f'<a href="http://partner-{n}.localhost:{site.port}/">友好单位{n}</a> '
        for n in range(site.number % 5, site.number % 5 + 6)
    )
    partners += f'<a href="http://organ-{site.number % 5}.localhost:{site.port}/">{escape(site.city)}审计局</a> '
    oddities = (
        f'<a href="{site.directory}/gwyxx/#part">回到要点</a><a href="mailto:office@{site.host}">邮箱</a><a href="tel:12345">热线</a>'
        '<a href="javascript:void(0)">收藏本站</a><a href="#">返回顶部</a>'
        '<div style="display:none">操作失败，页面不存在</div><!-- <a href="/never/linked.html">旧入口</a> -->'
    )
    return f'<div class="friend-links bottom">{partners}{oddities}</div>'


def _site_map(site: PracticeSite) -> str:
    names = (f'<p><a href="{site.base}{column.path}">{escape(column.name)}</a></p>' for column in site.columns)
    return f"<h1>网站地图</h1>{''.join(names)}"


def _column_extras(site: PracticeSite, column: Column) -> str:
    planted = _planted(site, home=False, column=column.path)
    if column.class_ != "notice" or column.state != "listed":
        return planted
    files = "".join(
        f'<p><a href="{site.directory}/files/{name}">{label}</a></p>'
        for name, label in (
            ("form.pdf", "申请表样式下载"),
            ("table.docx", "登记表样式下载"),
            ("data.zip", "资料包下载"),
        )
    )
    return f'<div class="attachments bottom">{files}</div>{planted}'


def _services(site: PracticeSite, family: Family) -> dict[str, Answer]:
    guides = [
        (f"bszn/{n}.html", f"{topic}办事指南")
        for n, topic in enumerate(("户籍证明", "取水许可", "营业执照", "建设用地", "民办学校"), 1)
    ]
    listed = "".join(f'<li><a href="{site.directory}/{path}">{name}</a></li>' for path, name in guides)
    pages = {
        "bszn/": family.page(
            site,
            f"办事指南-{site.name}",
            f'<div class="position">当前位置：首页 &gt; 办事指南</div><ul class="guides">{listed}</ul>',
        )
    }
    gaps = site.guide_gaps or ((),) * len(guides)
    for (path, name), lacking in zip(guides, gaps, strict=True):
        rows = "".join(
            f"<tr><th>{element}</th><td>详见{name}说明第{n}条，请按要求准备。</td></tr>"
            for n, element in enumerate(GUIDE_ELEMENTS, 1)
            if element not in lacking
        )
        form = f'<p><a href="{site.directory}/files/form.pdf">空白表格下载</a></p>'
        pages[path] = family.page(site, f"{name}-{site.name}", f"<h1>{name}</h1><table>{rows}</table>{form}")
    pages["gwyxx/"] = family.page(
        site,
        f"国务院信息-{site.name}",
        "<h1>国务院信息</h1><p>本栏目转载重要政策信息，内容以原发布单位为准，转载时间不晚于发布后二十四小时。</p>",
    )
    for path, title in (
        ("bszs.html", "党政机关标识说明"),
        ("zhaocuo.html", "网站找错说明"),
        ("exposure/jiucuo.html", "网站找错"),
    ):
        pages[path] = family.page(
            site,
            title,
            f"<h1>{title}</h1><p>本页说明{title}的用途与办理方式，欢迎社会各界监督指正，我们将在三个工作日内答复。</p>",
        )
    return {path: _html(family, text) for path, text in pages.items()}


_WRITING_RULES = (
    "来信请写明事由、时间、地点和联系方式，一信一事，内容真实。收到来信后，工作人员将在一个工作日内登记，转有关单位办理，"
    "并在规定期限内答复；涉及个人隐私和商业秘密的内容依法保密。咨询类来信五个工作日内答复，情况复杂的可以延长，并告知来信人。"
)


def _letters(site: PracticeSite, family: Family) -> dict[str, Answer]:
    rows = "".join(
        f'<tr><td><a href="{site.directory}/xxjl/{n}.html">{escape(letter.title)}</a></td><td>{letter.asked}</td>'
        f"<td>{letter.answered or '—'}</td><td>{'已答复' if letter.answered else '处理中'}</td></tr>"
        for n, letter in enumerate(site.letters, 1)
    )
    table = f"<table class=letters><tr><th>标题</th><th>来信时间</th><th>答复时间</th><th>状态</th></tr>{rows}</table>"
    listed = f"<h2>来信选登</h2>{table}" if site.letters else f"<p>{_WRITING_RULES}</p>"
    body = f'<div class="position">当前位置：首页 &gt; 领导信箱</div>{listed}<form action="{site.directory}/xxjl/" method="get"><input name="q"><button>搜索</button></form>'
    body += f'<p><a href="{site.base}{LETTER_ENTRY}">我要写信</a></p>'
    pages = {"xxjl/": family.page(site, f"领导信箱-{site.name}", body, metas=site_metas(site))}
    if not any(link.url == f"{site.base}{LETTER_ENTRY}" for link in site.links):
        form = (
            "<p>信件标题：<input name=t></p><p>信件内容：<textarea name=c></textarea></p><p><button>提交</button></p>"
        )
        pages[LETTER_ENTRY] = family.page(
            site, f"我要写信-领导信箱-{site.name}", f"<h1>我要写信</h1><form>{form}</form>"
        )
    for n, letter in enumerate(site.letters, 1):
        title = f"{letter.title}-领导信箱-{site.name}"
        pages[f"xxjl/{n}.html"] = family.page(site, title, _letter_body(site, letter), metas=site_metas(site))
    return {path: _html(family, text) for path, text in pages.items()}


def _letter_body(site: PracticeSite, letter: Letter) -> str:
    """A letter with its answer, in one of three layouts."""
    parts = [("来信时间", str(letter.asked)), ("来信内容", f"{letter.title}，请问如何办理？"), ("办理状态", "处理中")]
    if letter.answered is not None:
        answer = "您好，来信收悉。经核实，所反映事项已按规定办理，感谢您的关注与支持。"
        replied = [("答复单位", site.organizer), ("答复时间", str(letter.answered)), ("答复内容", answer)]
        parts = [*parts[:2], *((label, value) for label, value in replied if label not in site.letter_gaps)]
    layout, around = (
        ("<tr><th>{}</th><td>{}</td></tr>", "<table>{}</table>"),
        ("<p>{}：{}</p>", "<div class=letter>{}</div>"),
        ("<dt>{}</dt><dd>{}</dd>", "<dl>{}</dl>"),
    )[site.number % 3]
    shown = around.format("".join(layout.format(label, escape(value)) for label, value in parts))
    return f"<h1>{escape(letter.title)}</h1>{shown}"


@lru_cache(maxsize=1)
def _downloads() -> dict[str, Answer]:
    return {
        "files/form.pdf": Answer(content_type=PDF, body=_pdf()),
        "files/table.docx": Answer(
            content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            body=_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}),
        ),
        "files/data.zip": Answer(content_type="application/zip", body=_zip({"readme.txt": "practice data"})),
        "api/list.json": Answer(content_type="application/json", body=json.dumps({"html": ""}).encode()),
    }


def _pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _zip(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def answer(site: PracticeSite, path: str) -> Answer:
    """What the site answers for a path (query cut off)."""
    if not path.startswith(f"{site.directory}/"):
        return _not_found()
    local = path[len(site.directory) + 1 :]
    found = site_files(site).get(local)
    if found is not None:
        return found
    for prefix, (content_type, body) in _STATIC.items():
        if local.startswith(prefix):
            return Answer(content_type=content_type, body=body)
    return _special(site, local) or _not_found()


def _special(site: PracticeSite, local: str) -> Answer | None:
    if local.startswith("moved/"):
        return Answer(status=302, location=site.home_path)
    if local.startswith("vanished/"):
        return Answer(
            body="<html><head><meta charset=utf-8><title>提示</title></head><body><p>抱歉，您访问的页面不存在或已被删除。</p></body></html>".encode()
        )
    if local.startswith("files/empty-"):
        return Answer(content_type=PDF)
    if local.startswith("files/page-"):
        return Answer(body="<html><head><title>提示</title></head><body>请登录后下载</body></html>".encode())
    if local.startswith("busy/"):
        return Answer(status=int(local[5:8]), body=b"<html><body>busy</body></html>")
    return None


def _not_found() -> Answer:
    text = "<html><head><meta charset=utf-8><title>404</title></head><body><h1>404 Not Found</h1></body></html>"
    return Answer(status=404, body=text.encode())


def closing_notice(site: PracticeSite, path: str) -> Answer:
    """What is left of a site that has closed: a notice in the place of its home page."""
    if path != f"{site.directory}/":
        return _not_found()
    text = (
        f"<html><head><meta charset=utf-8><title>{escape(site.name)}</title></head><body><h1>公告</h1>"
        f"<p>因工作需要，本网站自{site.as_of.year}年1月1日起停止运行，有关内容迁移至上级门户网站，敬请谅解。</p>"
        f"<p>{escape(site.organizer)}</p></body></html>"
    )
    return Answer(body=text.encode())


_FALLEN = {
    "lapsed-": "该域名已到期，可以购买此域名",
    "closed-": "根据机构改革要求，本网站已于去年关停，内容迁移至上级门户网站",
}
"""What the external sites say that are no longer what they were, by the beginning of their names."""


_TITLED = {"organ-": "审计局政务公开网", "seaside-": "金海岸休闲会所预订中心"}
"""External sites with a Chinese title, by the beginning of their names: one is what links call it, one is not."""


def partner_page(host: str) -> Answer:
    """Home page of an external partner, which is no registered site."""
    for beginning, text in _FALLEN.items():
        if host.startswith(beginning):
            page = (
                f"<html><head><meta charset=utf-8><title>{escape(host)}</title></head><body><p>{text}</p></body></html>"
            )
            return Answer(body=page.encode())
    title = next((title for beginning, title in _TITLED.items() if host.startswith(beginning)), host)
    return Answer(
        body=f"<html><head><meta charset=utf-8><title>{escape(title)}</title></head>"
        f"<body><p>Partner site {escape(host)}</p></body></html>".encode()
    )
