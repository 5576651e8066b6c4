"""Which permission each operation of the API needs, by "METHOD path" as Django routes it (see web/access.py)."""

from collections.abc import Mapping

from leadline.accounts.permissions import Permission as May
from leadline.web.access import TAKING_ALONG, Rule, needs

_SELLING = needs(May.READ_LEADS, May.SELL)
_CONNECTING = needs(May.SET_CRM)
_TELLING = needs(May.SET_NOTIFICATIONS)
_TOLD = needs(May.READ_NOTIFICATIONS)

LEADS: Mapping[str, Rule] = {
    "GET v1/leads": needs(May.READ_LEADS),
    "POST v1/leads/search": needs(May.READ_LEADS),
    "GET v1/leads/<path:lead>/score": needs(May.READ_LEADS),
    "GET v1/leads/<path:lead>/history": needs(May.READ_LEADS),
    "GET v1/leads/<path:lead>/explain": needs(May.READ_LEADS),
    "GET v1/leads/<path:lead>/forecast": needs(May.READ_LEADS),
    "GET v1/leads/<path:lead>/whatif": needs(May.READ_LEADS),
    "POST v1/score": needs(May.READ_LEADS),
    "GET v1/accounts": needs(May.READ_LEADS),
    "POST v1/accounts/search": needs(May.READ_LEADS),
    "POST v1/leads/<path:lead>/accept": _SELLING,
    "POST v1/leads/<path:lead>/reject": _SELLING,
    "POST v1/leads/<path:lead>/requalify": _SELLING,
    "POST v1/leads/<path:lead>/snooze": _SELLING,
    "POST v1/leads/<path:lead>/wake": _SELLING,
    "POST v1/leads/<path:lead>/contact": _SELLING,
    "POST v1/leads/<path:lead>/override": _SELLING,
    "POST v1/leads/<path:lead>/release": _SELLING,
    "POST v1/leads/<path:lead>/assign": _SELLING,
    "GET v1/leads/<path:lead>/consent": needs(May.READ_LEADS),
    "POST v1/leads/<path:lead>/consent": _SELLING,
    "GET v1/qualification-events": needs(May.READ_LEADS, everybody=True),
    "GET v1/contact-promises": needs(May.READ_LEADS),
    "GET v1/team": needs(May.READ_TEAM),
    "PUT v1/team": needs(May.SET_TEAM),
}
RULES: Mapping[str, Rule] = {
    "GET v1/rules": needs(May.READ_RULES),
    "GET v1/rules/schema": needs(May.READ_RULES),
    "GET v1/rules/diff": needs(May.READ_RULES),
    "POST v1/rules/validate": needs(May.READ_RULES),
    "POST v1/rules/drafts": needs(May.DRAFT_RULES),
    "POST v1/rules/backtest": needs(May.DRAFT_RULES),
    "POST v1/rules/suggest": needs(May.DRAFT_RULES),
    "PATCH v1/rules/<reference>": needs(May.DRAFT_RULES),
    "GET v1/rules/<reference>": needs(May.READ_RULES),
    "GET v1/rules/<reference>/preview": needs(May.READ_RULES),
    "POST v1/rules/<reference>/publish": needs(May.PUBLISH_RULES),
    "POST v1/rules/<number>/rollback": needs(May.PUBLISH_RULES),
    "POST v1/rules/<reference>/archive": needs(May.DRAFT_RULES),
    "GET v1/jobs": needs(May.READ_RULES),
    "GET v1/jobs/<number>": needs(May.READ_RULES),
    "POST v1/jobs/<number>/cancel": needs(May.DRAFT_RULES),
}
ANSWERS: Mapping[str, Rule] = {
    "GET v1/analytics": needs(May.READ_BOARDS),
    "GET v1/analytics/<kind>": needs(May.READ_BOARDS),
    "POST v1/analytics/<kind>": needs(May.READ_BOARDS),
    "GET v1/exports": TAKING_ALONG,
    "GET v1/exports/<table>": TAKING_ALONG,
    "POST v1/exports/<table>": TAKING_ALONG,
    "GET v1/alerts": needs(May.READ_ALERTS),
    "POST v1/alerts": needs(May.SET_ALERTS),
    "POST v1/alerts/preview": needs(May.SET_ALERTS),
    "PATCH v1/alerts/<int:number>": needs(May.SET_ALERTS),
    "DELETE v1/alerts/<int:number>": needs(May.SET_ALERTS),
    "POST v1/alerts/firings/<int:firing>/seen": needs(May.SET_ALERTS),
}
NOTIFICATIONS: Mapping[str, Rule] = {
    "GET v1/notifications/channels": _TOLD,
    "POST v1/notifications/channels": _TOLD,
    "PATCH v1/notifications/channels/<int:number>": _TOLD,
    "DELETE v1/notifications/channels/<int:number>": _TOLD,
    "POST v1/notifications/channels/<int:number>/test": _TOLD,
    "GET v1/notifications/rules": _TOLD,
    "POST v1/notifications/rules": _TELLING,
    "POST v1/notifications/rules/preview": _TELLING,
    "PATCH v1/notifications/rules/<int:number>": _TELLING,
    "DELETE v1/notifications/rules/<int:number>": _TELLING,
    "GET v1/notifications/log": _TOLD,
    "POST v1/notifications/log/<int:number>/resend": _TOLD,
    "GET v1/notifications/mine": _TOLD,
    "PUT v1/notifications/mine": _TOLD,
}
CRM: Mapping[str, Rule] = {
    "GET v1/crm/kinds": needs(May.READ_CRM),
    "GET v1/crm/status": needs(May.READ_CRM),
    "POST v1/crm/connections": _CONNECTING,
    "GET v1/crm/connections/<name>": needs(May.READ_CRM),
    "PATCH v1/crm/connections/<name>": _CONNECTING,
    "DELETE v1/crm/connections/<name>": _CONNECTING,
    "POST v1/crm/connections/<name>/test": _CONNECTING,
    "POST v1/crm/connections/<name>/sync": needs(May.SET_CRM, unmasked=True),
    "POST v1/crm/connections/<name>/backfill": _CONNECTING,
    "POST v1/crm/connections/<name>/retry": _CONNECTING,
    "GET v1/crm/connections/<name>/diff": needs(May.SET_CRM, May.READ_PEOPLE),
    "GET v1/crm/connections/<name>/links": needs(May.READ_CRM, everybody=True),
    "GET v1/crm/connections/<name>/mapping": needs(May.READ_CRM),
    "PUT v1/crm/connections/<name>/mapping": _CONNECTING,
    "POST v1/crm/connections/<name>/mapping/check": _CONNECTING,
    "POST v1/crm/connections/<name>/mapping/make": _CONNECTING,
    "POST v1/crm/connections/<name>/mapping/preview/<lead>": needs(May.SET_CRM, May.READ_PEOPLE),
    "GET v1/crm/mapping-schema": needs(May.READ_CRM),
    "GET v1/crm/runs": needs(May.READ_CRM),
    "GET v1/crm/failed": needs(May.READ_CRM, everybody=True),
    "GET v1/leads/<lead>/crm": needs(May.READ_LEADS),
    "POST v1/leads/<lead>/crm": needs(May.READ_LEADS, May.READ_PEOPLE, May.SELL),
    "GET v1/leads/<lead>/crm/<name>": needs(May.READ_LEADS, May.READ_PEOPLE),
}
KEEP: Mapping[str, Rule] = {"GET v1/audit": needs(May.READ_AUDIT)}
OPERATIONS: Mapping[str, Rule] = {**KEEP, **LEADS, **RULES, **ANSWERS, **NOTIFICATIONS, **CRM}
