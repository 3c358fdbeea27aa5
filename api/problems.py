"""Errors as problem+json (RFC 9457), mapped once."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken, StoreUnavailable, XunchaError
from inspection.faults import value_fault
from inspection.workflows.import_registry import RejectedRow

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 5
_SHOWN = 20
"""Faults of rows that the text of a problem names; ``errors`` has all."""
_STATUSES: tuple[tuple[type[XunchaError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (StoreUnavailable, 503),
    (RuleBroken, 422),
)
_TITLES = {
    400: "请求有误",
    404: "没有找到",
    405: "请求方法不对",
    409: "与现状冲突",
    413: "请求过大",
    415: "内容类型不对",
    422: "请求不能接受",
    500: "服务内部错误",
    503: "存储不可用",
}
_DETAILS = {
    400: "请求不是有效的 HTTP 请求体，请检查内容和编码",
    404: "没有这个地址，接口说明见 /docs",
    405: "该地址不支持这种请求方法",
}
"""Of errors that the web framework finds."""


class Problem(BaseModel):
    """A problem as RFC 9457 describes it; ``title``, ``detail`` and ``what`` of ``errors`` are Chinese, for people."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["没有找到"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["没有编号为 2026Q9 的轮次"])
    errors: list[dict[str, Any]] | None = Field(None, description="Single faults of a request, with their place")


class RowsRejected(InputRejected):
    """Rows of a request that cannot be taken; ``line`` of each is its place in the list ``field``, from 1."""

    def __init__(self, field: str, problems: Sequence[RejectedRow]) -> None:
        self.errors = [
            {"where": f"body.{field}.{each.line - 1}.{each.problem.column}", "what": each.problem.reason}
            for each in problems
        ]
        told = "；".join(
            f"第 {each.line} 行 {each.problem.column} {each.problem.value!r}：{each.problem.reason}"
            for each in problems[:_SHOWN]
        )
        more = f"；另有 {len(problems) - _SHOWN} 处，见 errors" if len(problems) > _SHOWN else ""
        super().__init__(f"共 {len(problems)} 处错误，整份未入库：{told}{more}")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the problems of a route; 422 and 503 are every route's."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {}}}
        for status in (*statuses, 422, 503)
    }


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(XunchaError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected_error)


def _domain_error(_: Request, error: Exception) -> JSONResponse:
    status = next((status for class_, status in _STATUSES if isinstance(error, class_)), 500)
    headers = {"Retry-After": str(_RETRY_AFTER_S)} if status == 503 else None
    errors = error.errors if isinstance(error, RowsRejected) else None
    return _answer(status, str(error), errors=errors, headers=headers)


def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # registered for it
    status = error.status_code
    detail = _DETAILS.get(status, f"服务不接受该请求（HTTP {status}）")
    return _answer(status, detail, headers=dict(error.headers) if error.headers else None)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # registered for it
    faults = [
        {"where": ".".join(map(str, fault["loc"])), "what": value_fault(fault["type"], fault.get("ctx", {}))}
        for fault in error.errors()
    ]
    detail = "请求参数有误：" + "；".join(f"{fault['where']} {fault['what']}" for fault in faults)
    return _answer(422, detail, errors=faults)


def _unexpected_error(_: Request, error: Exception) -> JSONResponse:
    del error  # the server's log has it; strangers need no trace of our insides
    return _answer(500, "服务内部错误，请稍后再试；仍不行时请管理员查看服务日志")


def _answer(
    status: int,
    detail: str,
    *,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    title = _TITLES.get(status, "请求没有办成")
    problem = Problem(title=title, status=status, detail=detail, errors=errors, type="about:blank")
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)
