"""Leave a site alone for a time (退出检查), and take it up again."""

from datetime import datetime

from inspection.errors import Conflict, InputRejected, NotFound
from inspection.ports import Clock, OptOutRepository, SiteRepository
from inspection.registry.opt_out import OptOut


def opt_out_site(
    code: str,
    *,
    reason: str,
    until: datetime | None,
    sites: SiteRepository,
    opt_outs: OptOutRepository,
    clock: Clock,
) -> OptOut:
    """From now on no worker asks the site anything, before ``until`` (aware) where that is given.

    NotFound for an unknown site, Conflict where it is out already.
    """
    now = clock.now()
    if not reason.strip():
        raise InputRejected("请用 --reason 说明网站退出检查的原因")
    if until is not None and until <= now:
        raise InputRejected("退出检查的截止日期已过，请给出今天或以后的日期")
    site = sites.get(code)
    if any(each.is_in_force(now) for each in opt_outs.of_site(code)):
        raise Conflict(f"网站 {code} 已退出检查；如需修改，请先运行 xuncha frontier opt-in {code}")
    opt_out = OptOut(code=code, url=site.url, reason=reason.strip(), since=now, until=until)
    opt_outs.add(opt_out)
    return opt_out


def opt_in_site(code: str, *, opt_outs: OptOutRepository, clock: Clock) -> None:
    """The site may be visited again; NotFound where it was not out."""
    if not opt_outs.end(code, at=clock.now()):
        raise NotFound(f"网站 {code} 没有退出检查，无需恢复")
