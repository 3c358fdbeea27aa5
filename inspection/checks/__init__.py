"""Observations and an edition give findings: one file per family, one line per check in :data:`CHECKS`."""

from inspection.checks.availability import home_availability, site_unreachable
from inspection.checks.case import Case
from inspection.checks.check import Check
from inspection.checks.columns import columns_not_updated, named_column, other_columns, required_column, stale_columns
from inspection.checks.elements import home_elements
from inspection.checks.home import home_not_updated, home_update_count
from inspection.checks.identity import domain_name, site_code_consistent
from inspection.checks.interaction import (
    activities,
    consultation,
    frequent_activities,
    letter_entry,
    letters_published,
    letters_unanswered,
)
from inspection.checks.interpretation import interpretations_linked, policies_interpreted
from inspection.checks.linkage import reposts
from inspection.checks.links import link_availability
from inspection.checks.misleading_links import misleading_links
from inspection.checks.presentation import annual_report, charset_declared, load_time, page_tags, time_format
from inspection.checks.privacy import mixed_scripts, personal_data
from inspection.checks.registration import (
    closed_but_running,
    redirect_only,
    registered_address,
    running_but_reported_closed,
    taken_offline,
)
from inspection.checks.rulebook import Rulebook
from inspection.checks.serious import serious_errors
from inspection.checks.services import guide_attachments, guide_elements, online_systems, services_useless
from inspection.checks.transport import https_certificate, ipv6_support

__all__ = ["CHECKS", "CHECK_PARAMS", "Case", "Check", "Rulebook"]

CHECKS: tuple[Check, ...] = (
    site_unreachable,
    home_availability,
    home_not_updated,
    home_update_count,
    columns_not_updated,
    stale_columns,
    required_column,
    named_column,
    other_columns,
    policies_interpreted,
    interpretations_linked,
    home_elements,
    link_availability,
    misleading_links,
    serious_errors,
    letters_unanswered,
    letters_published,
    letter_entry,
    consultation,
    activities,
    frequent_activities,
    services_useless,
    guide_elements,
    guide_attachments,
    online_systems,
    domain_name,
    site_code_consistent,
    registered_address,
    redirect_only,
    taken_offline,
    closed_but_running,
    running_but_reported_closed,
    load_time,
    charset_declared,
    time_format,
    annual_report,
    page_tags,
    personal_data,
    mixed_scripts,
    reposts,
    ipv6_support,
    https_certificate,
)
"""All checks. An edition's indicator names the one that serves it by its name."""

CHECK_PARAMS = {check.name: check.params for check in CHECKS}
"""Names that an edition may use, with the types of their parameters."""
