"""The privacy documents: record of processing, data map, retention, impact assessment, notice for visitors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from leadline.kernel.clock import utc_day, utc_now
from leadline.pipeline.privacy.documents import documents, responsible
from leadline.privacy.document_parts import Document
from leadline.web.viewer import PRIVACY, only_for

FORMATS = {"md": "markdown", "html": "html"}


@require_safe
@only_for(PRIVACY)
def documents_page(request: HttpRequest) -> HttpResponse:
    """Which documents there are."""
    return render(request, "web/privacy/documents.html", {"documents": _all()})


@require_safe
@only_for(PRIVACY)
def document_page(request: HttpRequest, name: str) -> HttpResponse:
    """One document, to read."""
    document = _named(name)
    body = SafeString(document.html())  # nosec B703  # its parts escape every text
    return render(request, "web/privacy/document.html", {"document": document, "body": body})


@require_safe
@only_for(PRIVACY)
def document_file(request: HttpRequest, name: str, ending: str) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """One document as a file, "md" or "html"."""
    document = _named(name)
    if ending not in FORMATS:
        raise Http404
    text = document.page() if ending == "html" else document.markdown()
    response = HttpResponse(text, content_type=f"text/{FORMATS[ending]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{document.name}.{ending}"'
    return response


def _all() -> list[Document]:
    return documents(responsible(), utc_day(utc_now()))


def _named(name: str) -> Document:
    found = next((each for each in _all() if each.name == name), None)
    if found is None:
        raise Http404
    return found
