"""Which address shows which page."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("leadline.web.urls")),
]

handler400 = "leadline.web.views.errors.bad_request"
handler403 = "leadline.web.views.errors.forbidden"
handler404 = "leadline.web.views.errors.not_found"
handler500 = "leadline.web.views.errors.failed"
