"""The pages."""

from django.urls import URLPattern, path

from leadline.web.views.call_next import call_next_page
from leadline.web.views.home import home
from leadline.web.views.identities import dismiss_warning, identities_page, merge_page, unmerge_page
from leadline.web.views.lead import accept_lead, lead_page, log_contact
from leadline.web.views.leads import leads_page
from leadline.web.views.live import live_events, live_page
from leadline.web.views.plan import plan_page
from leadline.web.views.preferences import set_theme
from leadline.web.views.quarantine import moved, quarantine_one, quarantine_page, quarantine_repair
from leadline.web.views.sources import make_key, revoke_key, set_source, source_page, sources_page
from leadline.web.views.system import system_page

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("call-next", call_next_page, name="call_next"),
    path("leads", leads_page, name="leads"),
    path("leads/<int:number>", lead_page, name="leads_one"),
    path("leads/<int:number>/accept", accept_lead, name="leads_accept"),
    path("leads/<int:number>/contact", log_contact, name="leads_contact"),
    path("leads/<int:number>/merge", merge_page, name="leads_merge"),
    path("identities", identities_page, name="identities"),
    path("identities/warnings/<int:number>/dismiss", dismiss_warning, name="identities_dismiss"),
    path("identities/claims/<int:number>/unmerge", unmerge_page, name="identities_unmerge"),
    path("sources", sources_page, name="sources"),
    path("sources/<path:name>/settings", set_source, name="sources_set"),
    path("sources/<path:name>/keys", make_key, name="sources_make_key"),
    path("sources/<path:name>/keys/<int:number>/revoke", revoke_key, name="sources_revoke_key"),
    path("sources/<path:name>", source_page, name="sources_one"),
    path("live", live_page, name="live"),
    path("live/events", live_events, name="live_events"),
    path("plan", plan_page, name="plan"),
    path("quarantine", quarantine_page, name="quarantine"),
    path("quarantine/repair", quarantine_repair, name="quarantine_repair"),
    path("quarantine/<int:number>", quarantine_one, name="quarantine_one"),
    path("system", system_page, name="system"),
    path("system/quarantine", moved, name="system_quarantine"),
    path("preferences/theme", set_theme, name="theme"),
]
