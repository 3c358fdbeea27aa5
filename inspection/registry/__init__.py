"""Who is inspected: the registry of government websites (全国政府网站信息报送)."""

from inspection.registry.site import Contact, Site, SiteCategory, SiteCode, SiteStatus

__all__ = ["Contact", "Site", "SiteCategory", "SiteCode", "SiteStatus"]
