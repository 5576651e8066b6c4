"""The script that draws charts."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from leadline.pipeline.reports.page_script import bundle, digest

FOREVER = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def chart_bundle(request: HttpRequest, name: str) -> HttpResponse:
    """Vega, Vega-Lite and vega-embed, compressed: every browser of the last ten years takes gzip."""
    if name != digest():
        raise Http404("There is no such script.")
    del request
    response = HttpResponse(bundle(Path(settings.DATA)), content_type="text/javascript; charset=utf-8")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOREVER
    return response
