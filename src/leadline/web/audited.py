"""What of each route goes to the audit trail: one table, in the words of access.py.

Reading: what shows people, by what it is called there. Changing: every route, unless it is named here as one that
changes nothing. A test holds this table against the one of access: a route that shows people and is in neither list
fails it.
"""

from collections.abc import Mapping

from leadline.accounts import audit_verbs as verbs

READS: Mapping[str, str] = {
    "leads_one": verbs.LEAD_SEEN,
    "leads_ahead": verbs.LEAD_SEEN,
    "leads_history": verbs.LEAD_SEEN,
    "leads_timeline": verbs.LEAD_SEEN,
    "leads_journey": verbs.LEAD_SEEN,
    "leads_merge": verbs.LEAD_SEEN,
    "leads_crm": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/score": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/history": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/explain": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/forecast": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/whatif": verbs.LEAD_SEEN,
    "GET v1/leads/<path:lead>/consent": verbs.LEAD_SEEN,
    "GET v1/leads/<lead>/crm": verbs.LEAD_SEEN,
    "GET v1/leads/<lead>/crm/<name>": verbs.LEAD_SEEN,
    "leads": verbs.PEOPLE_LISTED,
    "call_next": verbs.PEOPLE_LISTED,
    "overview": verbs.PEOPLE_LISTED,
    "overview_hottest": verbs.PEOPLE_LISTED,
    "accounts_one": verbs.PEOPLE_LISTED,
    "identities": verbs.PEOPLE_LISTED,
    "privacy_requests_one": verbs.REQUEST_SEEN,
    "identities_unmerge": verbs.PEOPLE_LISTED,
    "crm_leads": verbs.PEOPLE_LISTED,
    "crm_dry_run": verbs.PEOPLE_LISTED,
    "crm_sandbox": verbs.PEOPLE_LISTED,
    "leads_bulk_job": verbs.PEOPLE_LISTED,
    "GET v1/leads": verbs.PEOPLE_LISTED,
    "GET v1/qualification-events": verbs.PEOPLE_LISTED,
    "GET v1/crm/connections/<name>/diff": verbs.PEOPLE_LISTED,
    "GET v1/crm/connections/<name>/links": verbs.PEOPLE_LISTED,
    "GET v1/crm/failed": verbs.PEOPLE_LISTED,
    "live": verbs.EVENTS_SEEN,
    "live_events": verbs.EVENTS_SEEN,
    "quarantine": verbs.MESSAGE_SEEN,
    "quarantine_one": verbs.MESSAGE_SEEN,
    "quarantine_repair": verbs.MESSAGE_SEEN,
    "exports_one": verbs.EXPORTED,
    "report_table": verbs.EXPORTED,
    "boards_pdf": verbs.EXPORTED,
    "GET v1/exports/<table>": verbs.EXPORTED,
    "audit": verbs.AUDIT_SEEN,
    "audit_check": verbs.AUDIT_SEEN,
    "audit_file": verbs.AUDIT_EXPORTED,
    "GET v1/audit": verbs.AUDIT_SEEN,
}
"""Asked with GET."""
PARTS = frozenset(
    {"leads_ahead", "leads_history", "leads_timeline", "leads_journey", "live_events", "overview_hottest"}
)
"""What a page asks for by itself: recorded unless that user was recorded with the same lately."""
AGGREGATES = "numbers of many people"
SHOWS_NOBODY: Mapping[str, str] = {
    "leads_matrix": AGGREGATES,
    "leads_merge_found": "leads to the preview, which says whom it shows",
    "leads_found": "leads to the list, which says whom it shows",
    "leads_filters": "what filters offer: companies, countries, channels",
    "leads_bulk": "a form is posted there",
    "leads_bulk_progress": "how far a job is",
    "leads_bulk_cancel": "a button",
    "leads_views": "a form is posted there",
    "leads_views_remove": "a button",
    "leads_accept": "a button",
    "leads_reject": "a button",
    "leads_requalify": "a button",
    "leads_snooze": "a button",
    "leads_wake": "a button",
    "leads_contact": "a button",
    "leads_override": "a button",
    "leads_release": "a button",
    "leads_assign": "a button",
    "leads_crm_send": "a button",
    "leads_consent": "a button",
    "privacy_find": "posted",
    "privacy_archive": "posted",
    "privacy_erase": "posted",
    "privacy_requests_new": "a form",
    "privacy_requests_act": "posted",
    "accounts": "companies",
    "accounts_found": "leads to the list",
    "accounts_filters": "what filters offer",
    "identities_dismiss": "a button",
    "crm_sandbox_act": "a button",
    "crm_mapping_try": "posted",
    "exports": "which tables there are",
    "GET v1/accounts": "companies",
    "GET v1/contact-promises": AGGREGATES,
    "GET v1/exports": "which tables there are",
}
"""Routes for those who may see people, which show none."""

_BUTTON = "it asks what would be; nothing is kept"
_FILTERS = "its filters, which lead to an address"
CHANGES_NOTHING: Mapping[str, str] = {
    "leads_found": "a search",
    "leads_filters": "what filters offer",
    "accounts_found": "a search",
    "accounts_filters": "what filters offer",
    "leads_merge_found": "a search",
    "exports": "a choice of whom and when",
    "reports_one": _FILTERS,
    "conversions": _FILTERS,
    "conversions_attribution": _FILTERS,
    "conversions_revenue": _FILTERS,
    "conversions_cohorts": _FILTERS,
    "journeys": _FILTERS,
    "scoring_check": _BUTTON,
    "scoring_impact": _BUTTON,
    "scoring_redraw": _BUTTON,
    "alerts_preview": _BUTTON,
    "notifications_preview": _BUTTON,
    "crm_mapping_check": _BUTTON,
    "crm_mapping_compare": _BUTTON,
    "theme": "a cookie of the browser",
    "you_zone": "how times are shown",
    "POST v1/score": _BUTTON,
    "POST v1/accounts/search": "a search",
    "POST v1/analytics/<kind>": "a question",
    "POST v1/rules/validate": _BUTTON,
    "POST v1/rules/suggest": _BUTTON,
    "POST v1/alerts/preview": _BUTTON,
    "POST v1/notifications/rules/preview": _BUTTON,
    "POST v1/crm/connections/<name>/mapping/check": _BUTTON,
}
"""Asked with POST."""
CHANGES: Mapping[str, str] = {
    "sources_make_key": verbs.KEY_MADE,
    "sources_revoke_key": verbs.KEY_REVOKED,
    "you_revoke_token": verbs.TOKEN_REVOKED,
    "users_add": verbs.USER_ADDED,
    "users_set": verbs.USER_CHANGED,
    "users_disable": verbs.USER_DISABLED,
    "users_enable": verbs.USER_ENABLED,
    "users_link": verbs.PASSWORD_LINK_MADE,
    "users_forget_factors": verbs.FACTORS_RESET,
    "users_sign_out": verbs.USER_SIGNED_OUT,
    "users_revoke_token": verbs.TOKEN_REVOKED,
    "crm_mapping_try": verbs.LEAD_SEEN,
    "POST v1/crm/connections/<name>/mapping/preview/<lead>": verbs.LEAD_SEEN,
    "POST v1/leads/search": verbs.PEOPLE_LISTED,
    "POST v1/exports/<table>": verbs.EXPORTED,
}
"""What has a word of its own; the rest is "changed something"."""
CONNECTIONS = ("crm_new", "crm_set", "crm_act", "crm_mapping", "crm_mapping_make")
CONNECTION_CALLS = "v1/crm/connections"
SECOND_FACTORS: Mapping[str, int] = {"mfa_authenticate": 200, "mfa_login_webauthn": 302}
"""Where somebody who is not signed in yet shows a second factor or a passkey, and the status that says that it failed:
no signal tells of that. Both are rate-limited."""


def reading(route: str) -> str:
    """The verb for having looked at a route; empty for what shows nobody."""
    return READS.get(route, "")


def changing(route: str) -> str:
    """The verb for having used a route that changes something; empty for one that changes nothing."""
    if route in CHANGES_NOTHING:
        return ""
    if route in CONNECTIONS or CONNECTION_CALLS in route:
        return CHANGES.get(route, verbs.CONNECTION_CHANGED)
    return CHANGES.get(route, verbs.CHANGED)
