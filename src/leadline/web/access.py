"""Which permission each route needs: the one table that the door reads (admission.py). What is not in it is refused.

Pages stand under their url name, the API's operations under "METHOD path" as Django routes them. Views check again what
only they know, such as whose channel it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.accounts.permissions import Permission as May

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route.

    Attributes:
        read: needed to look at it, all of them.
        write: needed for any method that may change something.
        either: one of them is needed besides, if there are any; the view decides which.
        everybody: it shows leads of all owners, so that nobody comes in who sees only their own.
        unmasked: it works on people in the name of the installation and its answer says nothing of them.
        is_open: before sign-in too.
    """

    read: frozenset[May] = frozenset()
    write: frozenset[May] = frozenset()
    either: frozenset[May] = frozenset()
    everybody: bool = False
    unmasked: bool = False
    is_open: bool = False

    def needs(self, method: str) -> frozenset[May]:
        """What a request with this method needs."""
        return self.read if method in SAFE else self.write


def needs(*read: May, to_change: May | None = None, everybody: bool = False, unmasked: bool = False) -> Rule:
    """All of `read`, whatever is done there; to change something `to_change` besides."""
    write = {*read, to_change} if to_change else {*read}
    return Rule(frozenset(read), frozenset(write), everybody=everybody, unmasked=unmasked)


OPEN = Rule(is_open=True)
SIGNED_IN = Rule()
"""Everybody who is signed in: their own account."""
TAKING_ALONG = Rule(either=frozenset({May.READ_LEADS, May.EXPORT}))
"""Exports: which of them a table needs stands in views/exports.py."""
_SELLING = needs(May.READ_LEADS, May.SELL)
_SHAPING = needs(May.SHAPE_REPORTS)
_NOTIFYING = needs(May.SET_NOTIFICATIONS)
_CONNECTING = needs(May.SET_CRM)
_SHOWING_RECORDS = needs(May.SET_CRM, May.READ_PEOPLE)
"""CRM work that shows people's fields."""

SIGN_IN: Mapping[str, Rule] = {
    "leadline.web.views.errors.not_found": OPEN,
    "account_login": OPEN,
    "account_logout": OPEN,
    "account_inactive": OPEN,
    "account_signup": OPEN,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": OPEN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": OPEN,
    "account_confirm_login_code": OPEN,
    "account_confirm_email": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_done": OPEN,
    "django.views.generic.base.RedirectView": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": OPEN,
    "mfa_login_webauthn": OPEN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "single_sign_on": OPEN,
    "openid_connect_login": OPEN,
    "openid_connect_callback": OPEN,
    "socialaccount_login_cancelled": OPEN,
    "socialaccount_login_error": OPEN,
    "socialaccount_signup": OPEN,
    "socialaccount_connections": SIGNED_IN,
    "you": SIGNED_IN,
    "you_zone": SIGNED_IN,
    "you_end_session": SIGNED_IN,
    "you_end_others": SIGNED_IN,
    "you_revoke_token": SIGNED_IN,
    "invitation": OPEN,
    "privacy_request": OPEN,
    "privacy_request_status": OPEN,
    "privacy_request_mine": OPEN,
    "privacy_request_archive": OPEN,
    "home": SIGNED_IN,
    "theme": SIGNED_IN,
    "api:openapi-json": OPEN,
    "api:openapi-view": SIGNED_IN,
    "api:api-root": OPEN,
}
WORK: Mapping[str, Rule] = {
    "overview": needs(May.READ_BOARDS),
    "overview_changed": needs(May.READ_BOARDS),
    "overview_hottest": needs(May.READ_BOARDS),
    "call_next": needs(May.READ_LEADS, May.READ_PEOPLE),
    "leads": needs(May.READ_LEADS),
    "leads_matrix": needs(May.READ_LEADS),
    "leads_found": needs(May.READ_LEADS),
    "leads_filters": needs(May.READ_LEADS),
    "leads_bulk": needs(May.READ_LEADS),
    "leads_bulk_job": _SELLING,
    "leads_bulk_progress": _SELLING,
    "leads_bulk_cancel": _SELLING,
    "leads_views": needs(May.READ_LEADS),
    "leads_views_remove": needs(May.READ_LEADS),
    "leads_one": needs(May.READ_LEADS),
    "leads_ahead": needs(May.READ_LEADS),
    "leads_history": needs(May.READ_LEADS),
    "leads_timeline": needs(May.READ_LEADS),
    "leads_journey": needs(May.READ_LEADS),
    "leads_accept": _SELLING,
    "leads_reject": _SELLING,
    "leads_requalify": _SELLING,
    "leads_snooze": _SELLING,
    "leads_wake": _SELLING,
    "leads_contact": _SELLING,
    "leads_override": _SELLING,
    "leads_release": _SELLING,
    "leads_assign": _SELLING,
    "leads_consent": _SELLING,
    "leads_merge": needs(May.READ_PEOPLE, May.SET_IDENTITIES),
    "leads_merge_found": needs(May.READ_PEOPLE, May.SET_IDENTITIES),
    "leads_crm": needs(May.READ_LEADS, May.READ_PEOPLE),
    "leads_crm_send": needs(May.READ_LEADS, May.READ_PEOPLE, May.SET_CRM),
    "accounts": needs(May.READ_LEADS),
    "accounts_found": needs(May.READ_LEADS),
    "accounts_filters": needs(May.READ_LEADS),
    "accounts_one": needs(May.READ_LEADS),
}
UNDERSTAND: Mapping[str, Rule] = {
    "conversions": needs(May.READ_BOARDS),
    "conversions_attribution": needs(May.READ_BOARDS),
    "conversions_revenue": needs(May.READ_BOARDS),
    "conversions_cohorts": needs(May.READ_BOARDS),
    "conversions_channels": needs(May.READ_BOARDS),
    "conversions_channels_change": needs(May.READ_BOARDS, May.SET_CHANNELS),
    "conversions_money": needs(May.READ_BOARDS),
    "conversions_money_upload": needs(May.READ_BOARDS, May.SET_CHANNELS),
    "conversions_money_remove": needs(May.READ_BOARDS, May.SET_CHANNELS),
    "journeys": needs(May.READ_REPORTS),
    "reports": needs(May.READ_REPORTS),
    "reports_one": needs(May.READ_REPORTS),
    "report_part": needs(May.READ_BOARDS),
    "report_table": needs(May.READ_BOARDS),
    "report_chart": needs(May.READ_BOARDS),
    "share_report": _SHAPING,
    "boards": needs(May.READ_BOARDS),
    "boards_new": _SHAPING,
    "boards_pin": _SHAPING,
    "boards_one": needs(May.READ_BOARDS),
    "boards_set": _SHAPING,
    "boards_remove": _SHAPING,
    "share_board": _SHAPING,
    "boards_move": _SHAPING,
    "boards_unpin": _SHAPING,
    "share_revoke": _SHAPING,
    "boards_pdf": needs(May.READ_BOARDS),
    "annotations_add": _SHAPING,
    "annotations_remove": _SHAPING,
    "shared": OPEN,
    "shared_part": OPEN,
    "chart_bundle": OPEN,
    "alerts": needs(May.READ_ALERTS),
    "alerts_new": needs(May.SET_ALERTS),
    "alerts_preview": needs(May.READ_ALERTS),
    "alerts_reports": needs(May.READ_ALERTS, to_change=May.SET_ALERTS),
    "alerts_reports_set": needs(May.SET_ALERTS),
    "alerts_seen": needs(May.SET_ALERTS),
    "alerts_one": needs(May.READ_ALERTS, to_change=May.SET_ALERTS),
    "alerts_set": needs(May.SET_ALERTS),
    "exports": needs(May.EXPORT),
    "exports_one": TAKING_ALONG,
}
SHAPE: Mapping[str, Rule] = {
    "scoring": needs(May.READ_RULES),
    "scoring_progress": needs(May.READ_RULES),
    "scoring_new": needs(May.DRAFT_RULES),
    "scoring_check": needs(May.READ_RULES),
    "scoring_impact": needs(May.READ_RULES),
    "scoring_redraw": needs(May.READ_RULES),
    "scoring_draft": needs(May.READ_RULES, to_change=May.DRAFT_RULES),
    "scoring_publish": needs(May.PUBLISH_RULES),
    "scoring_backtests": needs(May.READ_RULES, to_change=May.DRAFT_RULES),
    "scoring_backtest": needs(May.READ_RULES),
    "scoring_backtest_progress": needs(May.READ_RULES),
    "scoring_backtest_cancel": needs(May.DRAFT_RULES),
    "scoring_published": needs(May.READ_RULES),
    "scoring_rollback": needs(May.PUBLISH_RULES),
    "scoring_archive": needs(May.PUBLISH_RULES),
    "ruleset_schema": SIGNED_IN,
    "team": needs(May.READ_TEAM),
    "team_seller": needs(May.SET_TEAM),
    "team_territory": needs(May.SET_TEAM),
    "crm": needs(May.READ_CRM),
    "crm_new": _CONNECTING,
    "crm_sandbox": needs(May.READ_CRM, May.READ_PEOPLE, everybody=True),
    "crm_sandbox_act": needs(May.READ_CRM, May.READ_PEOPLE, May.SELL, everybody=True),
    "crm_backfill_progress": needs(May.READ_CRM),
    "crm_backfill_cancel": _CONNECTING,
    "crm_one": needs(May.READ_CRM),
    "crm_state": needs(May.READ_CRM),
    "crm_set": _CONNECTING,
    "crm_act": _CONNECTING,
    "crm_leads": needs(May.READ_CRM, everybody=True),
    "crm_send_again": _CONNECTING,
    "crm_dry_run": _SHOWING_RECORDS,
    "crm_mapping": needs(May.READ_CRM, to_change=May.SET_CRM),
    "crm_mapping_check": _CONNECTING,
    "crm_mapping_compare": _CONNECTING,
    "crm_mapping_make": _CONNECTING,
    "crm_mapping_try": _SHOWING_RECORDS,
    "notifications": needs(May.READ_NOTIFICATIONS),
    "notifications_mine": needs(May.READ_NOTIFICATIONS),
    "notifications_log": needs(May.READ_NOTIFICATIONS),
    "notifications_resend": needs(May.READ_NOTIFICATIONS),
    "notifications_rule_new": _NOTIFYING,
    "notifications_preview": _NOTIFYING,
    "notifications_rule": _NOTIFYING,
    "notifications_rule_set": _NOTIFYING,
    "notifications_channel_new": _NOTIFYING,
    "notifications_channel": needs(May.READ_NOTIFICATIONS),
    "notifications_channel_set": needs(May.READ_NOTIFICATIONS),
}
COLLECT: Mapping[str, Rule] = {
    "sources": needs(May.READ_SOURCES, to_change=May.SET_SOURCES),
    "sources_set": needs(May.SET_SOURCES),
    "sources_make_key": needs(May.SET_SOURCES),
    "sources_revoke_key": needs(May.SET_SOURCES),
    "sources_one": needs(May.READ_SOURCES),
    "live": needs(May.WATCH_LIVE, May.READ_PEOPLE),
    "live_events": needs(May.WATCH_LIVE, May.READ_PEOPLE),
    "plan": needs(May.READ_SOURCES),
    "quarantine": needs(May.READ_QUARANTINE, May.READ_PEOPLE),
    "quarantine_repair": needs(May.READ_QUARANTINE, May.READ_PEOPLE, to_change=May.REPAIR_QUARANTINE),
    "quarantine_one": needs(May.READ_QUARANTINE, May.READ_PEOPLE, to_change=May.REPAIR_QUARANTINE),
    "identities": needs(May.READ_IDENTITIES, May.READ_PEOPLE),
    "identities_dismiss": needs(May.READ_PEOPLE, May.SET_IDENTITIES),
    "identities_unmerge": needs(May.READ_PEOPLE, May.SET_IDENTITIES),
}
KEEP: Mapping[str, Rule] = {
    "users": needs(May.SET_USERS),
    "users_add": needs(May.SET_USERS),
    "users_one": needs(May.SET_USERS),
    "users_set": needs(May.SET_USERS),
    "users_disable": needs(May.SET_USERS),
    "users_enable": needs(May.SET_USERS),
    "users_link": needs(May.SET_USERS),
    "users_forget_factors": needs(May.SET_USERS),
    "users_sign_out": needs(May.SET_USERS),
    "users_tokens": needs(May.SET_USERS),
    "users_revoke_token": needs(May.SET_USERS),
    "audit": needs(May.READ_AUDIT),
    "audit_check": needs(May.READ_AUDIT),
    "audit_file": needs(May.READ_AUDIT),
    "system": needs(May.READ_SYSTEM),
    "system_quarantine": needs(May.READ_SYSTEM),
    "privacy": needs(May.READ_PRIVACY),
    "privacy_find": needs(May.SET_PRIVACY, May.READ_PEOPLE),
    "privacy_archive": needs(May.SET_PRIVACY, May.READ_PEOPLE),
    "privacy_erasure": needs(May.READ_PRIVACY),
    "privacy_erase": needs(May.SET_PRIVACY, May.READ_PEOPLE),
    "privacy_requests": needs(May.READ_PRIVACY),
    "privacy_requests_new": needs(May.SET_PRIVACY, May.READ_PEOPLE),
    "privacy_requests_one": needs(May.READ_PRIVACY),
    "privacy_requests_act": needs(May.SET_PRIVACY, May.READ_PEOPLE),
    "privacy_retention": needs(May.READ_PRIVACY),
    "privacy_retention_due": needs(May.READ_PRIVACY),
    "privacy_retention_set": needs(May.SET_PRIVACY),
    "privacy_documents": needs(May.READ_PRIVACY),
    "privacy_document": needs(May.READ_PRIVACY),
    "privacy_document_file": needs(May.READ_PRIVACY),
}
PAGES: Mapping[str, Rule] = {**SIGN_IN, **WORK, **UNDERSTAND, **SHAPE, **COLLECT, **KEEP}
