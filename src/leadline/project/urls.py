"""Which address shows which page."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView

from leadline.web.api.root import urls as api_urls
from leadline.web.views.errors import not_found
from leadline.web.views.single_sign_on import leave

CLOSED = (
    "password/reset/",  # an administrator sets a new one: leadline users password
    "password/set/",  # who signs in elsewhere has none
    "email/",  # an administrator gives it
    "confirm-email/",
    "login/code/",
    "elsewhere/$",  # who comes by single sign-on is decided in accounts/single_sign_on.py
    "elsewhere/signup/",
)
"""What allauth offers and nobody needs here."""
yours = RedirectView.as_view(pattern_name="you")

urlpatterns = [
    re_path(f"^accounts/(?:{'|'.join(CLOSED)})", not_found),
    re_path("^accounts/(?:2fa|2fa/webauthn|sessions)/$", yours),
    path("accounts/oidc/<slug:provider_id>/login/", leave, name="single_sign_on"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("accounts/elsewhere/", include("allauth.socialaccount.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("api/", api_urls),
    path("", include("leadline.web.urls")),
]

handler400 = "leadline.web.views.errors.bad_request"
handler403 = "leadline.web.views.errors.forbidden"
handler404 = "leadline.web.views.errors.not_found"
handler429 = "leadline.web.views.errors.too_many"
handler500 = "leadline.web.views.errors.failed"
