"""Sites as callers see them; contact data stay inside."""

from datetime import datetime

from pydantic import BaseModel, Field

from inspection.ports import SiteChange
from inspection.registry import Site, SiteCategory, SiteStatus, regions


class SiteOut(BaseModel):
    """A registered website."""

    code: str = Field(description="Site code (网站标识码)", examples=["3706000001"])
    name: str = Field(examples=["青岚市人民政府门户网站"])
    url: str = Field(examples=["http://www.example.gov.cn/"])
    category: SiteCategory
    region: str = Field(description="GB/T 2260, six digits; 000000 = State Council departments", examples=["370600"])
    region_name: str = Field(examples=["山东省烟台市"])
    organizer: str
    supervisor: str
    status: SiteStatus

    @classmethod
    def of(cls, site: Site) -> "SiteOut":
        """From the domain's value."""
        return cls(
            code=site.code,
            name=site.name,
            url=site.url,
            category=site.category,
            region=site.region,
            region_name=regions.full_name(site.region),
            organizer=site.organizer,
            supervisor=site.supervisor,
            status=site.status,
        )


class SiteChangeOut(BaseModel):
    """A change of a site's registry row; ``before`` is null where it was added."""

    at: datetime
    source: str = Field(description="Name of the imported file", examples=["sites.xlsx"])
    before: SiteOut | None
    after: SiteOut

    @classmethod
    def of(cls, change: SiteChange) -> "SiteChangeOut":
        """From the domain's value."""
        before = None if change.before is None else SiteOut.of(change.before)
        return cls(at=change.at, source=change.source, before=before, after=SiteOut.of(change.after))
