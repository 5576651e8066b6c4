"""The API's root: everything under /api/v1, its description under /api/openapi.json, read by people at /api/docs."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern
from ninja import NinjaAPI

from leadline.web.api.alerts import alerts
from leadline.web.api.analytics import analytics
from leadline.web.api.audit import audit
from leadline.web.api.authentication import SessionAuth, TokenAuth
from leadline.web.api.consent import consent
from leadline.web.api.crm import crm
from leadline.web.api.described import DescribedAPI
from leadline.web.api.errors import register_errors
from leadline.web.api.leads import leads
from leadline.web.api.notifications import notifications
from leadline.web.api.parsing import WholeCharacters
from leadline.web.api.rules import rules
from leadline.web.api.sales import sales


def _made() -> NinjaAPI:
    api = DescribedAPI(
        title="Leadline",
        version="1",
        description="Leads, their scores and why; rulesets and backtests; what sales says; reports and exports. "
        "See docs/reference/api.md.",
        urls_namespace="api",
        auth=[TokenAuth(), SessionAuth()],
        parser=WholeCharacters(),
    )
    register_errors(api)
    for router in (leads, sales, consent, rules, analytics, alerts, notifications, crm, audit):
        api.add_router("/v1", router)
    return api


def _patterns(api: NinjaAPI) -> list[URLPattern]:
    """The API asks who is calling itself, and answers 401 where a page would lead to the sign-in; the pages that
    describe it stay pages."""
    patterns = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in patterns:
        if pattern.name != "openapi-view":
            pattern.callback = login_not_required(pattern.callback)
    return patterns


api = _made()
urls = (_patterns(api), "ninja", "api")
