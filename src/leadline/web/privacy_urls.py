"""Where the privacy pages are."""

from django.urls import path

from leadline.web.views.privacy import archive, erase, find, privacy_page
from leadline.web.views.privacy_documents import document_file, document_page, documents_page

urlpatterns = [
    path("privacy", privacy_page, name="privacy"),
    path("privacy/find", find, name="privacy_find"),
    path("privacy/<int:lead>/archive", archive, name="privacy_archive"),
    path("privacy/<int:lead>/erase", erase, name="privacy_erase"),
    path("privacy/documents", documents_page, name="privacy_documents"),
    path("privacy/documents/<slug:name>", document_page, name="privacy_document"),
    path("privacy/documents/<slug:name>/<slug:ending>", document_file, name="privacy_document_file"),
]
