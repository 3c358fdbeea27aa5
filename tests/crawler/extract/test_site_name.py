"""The site's name, by its tag or as part of the title."""

import pytest

from crawler.extract import elements
from crawler.extract.document import Document


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("青山市人民政府", "青山市人民政府"),
        ("欢迎访问青山市人民政府门户网站！", "青山市人民政府门户网站"),
        ("青山市教育局-通知公告", "青山市教育局"),
        ("关于做好供暖工作的通知_青山市政府网", "青山市政府网"),
        ("青山市政府网 - 市博物馆 - 陈列馆", "青山市政府网"),
        ("通知公告 | 青山县水利局", "青山县水利局"),
        ("首页 >> 青山市民政局", "青山市民政局"),
        ("市政府召开常务会议", None),
        ("404 Not Found", None),
        ("网站域名变更公告", None),
    ],
)
def test_name_in_the_title(title, name):
    assert elements.site_name(Document(f"<title>{title}</title>", "http://www.a.test/")) == name


def test_the_tag_outweighs_the_title():
    source = '<title>通知-青山市民政局</title><meta name="sitename" content="青山民政">'
    assert elements.site_name(Document(source, "http://www.a.test/")) == "青山民政"
