"""Where the privacy pages are."""

from django.urls import path

from leadline.web.views.privacy import archive, erase, erasure_page, find, privacy_page
from leadline.web.views.privacy_documents import document_file, document_page, documents_page
from leadline.web.views.request_form import own_archive, own_page, request_form, status_page
from leadline.web.views.requests import act_on_request, new_request, request_page, requests_page
from leadline.web.views.retention import retention_due, retention_page, set_retention

urlpatterns = [
    path("privacy", privacy_page, name="privacy"),
    path("privacy/find", find, name="privacy_find"),
    path("privacy/erasures/<int:number>", erasure_page, name="privacy_erasure"),
    path("privacy/<int:lead>/archive", archive, name="privacy_archive"),
    path("privacy/<int:lead>/erase", erase, name="privacy_erase"),
    path("privacy/requests", requests_page, name="privacy_requests"),
    path("privacy/requests/new", new_request, name="privacy_requests_new"),
    path("privacy/requests/<int:number>", request_page, name="privacy_requests_one"),
    path("privacy/requests/<int:number>/<slug:act>", act_on_request, name="privacy_requests_act"),
    path("privacy-request", request_form, name="privacy_request"),
    path("privacy-request/<str:secret>", status_page, name="privacy_request_status"),
    path("privacy-request/mine/<str:token>", own_page, name="privacy_request_mine"),
    path("privacy-request/mine/<str:token>/archive", own_archive, name="privacy_request_archive"),
    path("privacy/retention", retention_page, name="privacy_retention"),
    path("privacy/retention/due", retention_due, name="privacy_retention_due"),
    path("privacy/retention/set", set_retention, name="privacy_retention_set"),
    path("privacy/documents", documents_page, name="privacy_documents"),
    path("privacy/documents/<slug:name>", document_page, name="privacy_document"),
    path("privacy/documents/<slug:name>/<slug:ending>", document_file, name="privacy_document_file"),
]
