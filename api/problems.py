"""Errors as problem+json (RFC 9457), mapped once."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from inspection.errors import Conflict, InputRejected, NotFound, RuleBroken, StoreUnavailable, XunchaError
from inspection.workflows.import_registry import RejectedRow

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 5
_SHOWN = 20
"""Faults of rows that the text of a problem names; ``errors`` has all."""
_STATUSES: tuple[tuple[type[XunchaError], int, str], ...] = (
    (NotFound, 404, "Not found"),
    (Conflict, 409, "Conflict"),
    (StoreUnavailable, 503, "Store unavailable"),
    (RuleBroken, 422, "Unprocessable request"),
)


class Problem(BaseModel):
    """A problem as RFC 9457 describes it; ``detail`` is Chinese, for people."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not found"])
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
    titles = {status: title for _, status, title in _STATUSES}
    return {
        status: {"model": Problem, "description": titles[status], "content": {MEDIA_TYPE: {}}}
        for status in (*statuses, 422, 503)
    }


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.add_exception_handler(XunchaError, _domain_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected_error)


def _domain_error(_: Request, error: Exception) -> JSONResponse:
    status, title = next(
        ((status, title) for class_, status, title in _STATUSES if isinstance(error, class_)), (500, "Internal error")
    )
    headers = {"Retry-After": str(_RETRY_AFTER_S)} if status == 503 else None
    errors = error.errors if isinstance(error, RowsRejected) else None
    return _answer(Problem(title=title, status=status, detail=str(error), errors=errors, type="about:blank"), headers)


def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # registered for it
    details = {404: "没有这个地址，接口说明见 /docs", 405: "该地址不支持这种请求方法"}
    detail = details.get(error.status_code, str(error.detail))
    problem = Problem(title=str(error.detail), status=error.status_code, detail=detail, errors=None, type="about:blank")
    return _answer(problem, dict(error.headers) if error.headers else None)


def _validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # registered for it
    faults = [{"where": ".".join(map(str, fault["loc"])), "what": fault["msg"]} for fault in error.errors()]
    detail = "请求参数有误：" + "；".join(f"{fault['where']} {fault['what']}" for fault in faults)
    return _answer(
        Problem(title="Unprocessable request", status=422, detail=detail, errors=faults, type="about:blank"), None
    )


def _unexpected_error(_: Request, error: Exception) -> JSONResponse:
    del error  # the server's log has it; strangers need no trace of our insides
    problem = Problem(title="Internal error", status=500, detail="服务内部错误", errors=None, type="about:blank")
    return _answer(problem, None)


def _answer(problem: Problem, headers: dict[str, str] | None) -> JSONResponse:
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)
