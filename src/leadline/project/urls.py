"""Which address shows which page."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("leadline.web.urls")),
]
