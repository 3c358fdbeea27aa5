"""How one request ended, whose fault that is and when to try again: one enum, one table."""

from datetime import timedelta
from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """Who is to answer for an outcome. Only :attr:`SITE` may cost a site points."""

    NONE = "none"
    SITE = "site"
    OURS = "ours"
    UNDETERMINED = "undetermined"


class FetchOutcome(StrEnum):
    """How one request ended. The HTTP status, where there is one, is kept beside it."""

    OK = "ok"
    DNS_ERROR = "dns_error"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECTION_RESET = "connection_reset"
    READ_TIMEOUT = "read_timeout"
    TLS_EXPIRED = "tls_expired"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_PROTOCOL = "tls_protocol"
    NOT_FOUND = "not_found"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"
    EMPTY_PAGE = "empty_page"
    NOT_HTML = "not_html"
    BODY_TOO_LARGE = "body_too_large"
    MALFORMED_ANSWER = "malformed_answer"
    BAD_URL = "bad_url"
    OUR_NETWORK_DOWN = "our_network_down"
    NOT_ALLOWED = "not_allowed"

    @property
    def policy(self) -> "OutcomePolicy":
        """Fault, permanence and retry delay of this outcome."""
        return OUTCOME_POLICIES[self]


class OutcomePolicy(msgspec.Struct, frozen=True):
    """What follows from an outcome.

    ``retry_after`` is None where trying again cannot change the answer (permanent).
    """

    fault: Fault
    retry_after: timedelta | None
    chinese: str

    @property
    def is_permanent(self) -> bool:
        """Whether another try would give the same answer."""
        return self.retry_after is None


_SOON = timedelta(seconds=5)
_LATER = timedelta(minutes=1)

OUTCOME_POLICIES: dict[FetchOutcome, OutcomePolicy] = {
    FetchOutcome.OK: OutcomePolicy(Fault.NONE, None, "正常"),
    FetchOutcome.DNS_ERROR: OutcomePolicy(Fault.SITE, _SOON, "域名无法解析"),
    FetchOutcome.CONNECT_REFUSED: OutcomePolicy(Fault.SITE, _SOON, "连接被拒绝"),
    FetchOutcome.CONNECT_TIMEOUT: OutcomePolicy(Fault.SITE, _SOON, "连接超时"),
    FetchOutcome.CONNECTION_RESET: OutcomePolicy(Fault.SITE, _SOON, "连接被重置"),
    FetchOutcome.READ_TIMEOUT: OutcomePolicy(Fault.SITE, _SOON, "打开超时"),
    FetchOutcome.TLS_EXPIRED: OutcomePolicy(Fault.SITE, None, "证书过期"),
    FetchOutcome.TLS_WRONG_HOST: OutcomePolicy(Fault.SITE, None, "证书与域名不符"),
    FetchOutcome.TLS_UNTRUSTED: OutcomePolicy(Fault.SITE, None, "证书不受信任"),
    FetchOutcome.TLS_PROTOCOL: OutcomePolicy(Fault.SITE, _SOON, "加密协议错误"),
    FetchOutcome.NOT_FOUND: OutcomePolicy(Fault.SITE, _SOON, "页面不存在"),
    FetchOutcome.CLIENT_ERROR: OutcomePolicy(Fault.SITE, None, "请求被服务器判为错误"),
    FetchOutcome.SERVER_ERROR: OutcomePolicy(Fault.SITE, _SOON, "服务器出错"),
    FetchOutcome.RATE_LIMITED: OutcomePolicy(Fault.UNDETERMINED, _LATER, "访问过频被限制"),
    FetchOutcome.BLOCKED: OutcomePolicy(Fault.UNDETERMINED, _LATER, "被防火墙拦截"),
    FetchOutcome.TOO_MANY_REDIRECTS: OutcomePolicy(Fault.SITE, None, "跳转次数过多"),
    FetchOutcome.REDIRECT_ELSEWHERE: OutcomePolicy(Fault.SITE, None, "跳转到其他网站"),
    FetchOutcome.EMPTY_PAGE: OutcomePolicy(Fault.SITE, _SOON, "页面空白"),
    FetchOutcome.NOT_HTML: OutcomePolicy(Fault.NONE, None, "不是网页"),
    FetchOutcome.BODY_TOO_LARGE: OutcomePolicy(Fault.UNDETERMINED, None, "内容过大"),
    FetchOutcome.MALFORMED_ANSWER: OutcomePolicy(Fault.SITE, _SOON, "应答格式错误"),
    FetchOutcome.BAD_URL: OutcomePolicy(Fault.SITE, None, "网址格式错误"),
    FetchOutcome.OUR_NETWORK_DOWN: OutcomePolicy(Fault.OURS, _LATER, "监测方网络故障"),
    FetchOutcome.NOT_ALLOWED: OutcomePolicy(Fault.OURS, None, "监测策略不允许访问"),
}
