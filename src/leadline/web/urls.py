"""The pages."""

from django.urls import URLPattern, path

from leadline.web.views.call_next import call_next_page
from leadline.web.views.home import home
from leadline.web.views.lead import accept_lead, lead_page, log_contact
from leadline.web.views.leads import leads_page
from leadline.web.views.preferences import set_theme
from leadline.web.views.system import quarantine_page, system_page

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("call-next", call_next_page, name="call_next"),
    path("leads", leads_page, name="leads"),
    path("leads/<int:number>", lead_page, name="leads_one"),
    path("leads/<int:number>/accept", accept_lead, name="leads_accept"),
    path("leads/<int:number>/contact", log_contact, name="leads_contact"),
    path("system", system_page, name="system"),
    path("system/quarantine", quarantine_page, name="system_quarantine"),
    path("preferences/theme", set_theme, name="theme"),
]
