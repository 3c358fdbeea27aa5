"""Problems are told in Chinese, whoever found them: the framework, the validators or the domain."""

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from store.memory import MemoryStores

ENGLISH = re.compile(r"[A-Za-z]+ [A-Za-z]+")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(MemoryStores()), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/v1/messages", "{}", "body.number 缺少，必须填写"),
        ("POST", "/v1/messages", "{number: 1}", "不是有效的 JSON，请检查该处附近的引号、逗号和括号"),
        ("POST", "/v1/messages", "[]", "body 应为对象（{…}）"),
        (
            "POST",
            "/v1/messages",
            '{"number": 1, "received_at": "2026-01-01T00:00:00", "text": ""}',
            "body.number 应为文本；body.received_at 应带时区，例如 2026-11-20T09:30:00+08:00；body.text 至少应有 1 个",
        ),
        ("GET", "/v1/sites?limit=x", None, "query.limit 应为整数"),
        ("GET", "/v1/sites?limit=501", None, "query.limit 不能大于 500"),
        ("GET", "/v1/sites?region=37060", None, "query.region 格式不符，应为 2、4 或 6 位数字"),
        ("GET", "/v1/sites?category=portal", None, "query.category 应为 'state-council'、"),
        ("GET", "/v1/snapshots/xyz", None, "path.digest 格式不符，应为 64 位小写十六进制数"),
        ("GET", "/v1/assessment?from=2026-13-01&to=x", None, "query.from 日期无效，应写成 YYYY-MM-DD"),
    ],
)
def test_faults_of_requests(client, method, path, body, told):
    answer = client.request(method, path, content=body, headers=JSON).json()
    assert answer["detail"].startswith("请求参数有误：")
    assert told in answer["detail"]
    assert all(fault["what"] in answer["detail"] for fault in answer["errors"])
    assert not ENGLISH.search(answer["detail"])


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/v1/sites?limit=0", 422, "请求不能接受"),
        ("GET", "/v1/rounds/nix", 404, "没有找到"),
        ("GET", "/nowhere", 404, "没有找到"),
        ("POST", "/v1/sites", 405, "请求方法不对"),
    ],
)
def test_titles(client, method, path, status, title):
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert not ENGLISH.search(answer.json()["detail"])
