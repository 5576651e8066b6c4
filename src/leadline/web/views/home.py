"""The front door: everybody lands where their work is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from leadline.web.viewer import pages_of, viewer_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Sales to Call next, marketing to Overview, administrators to System."""
    return redirect(pages_of(viewer_of(request))[0])
