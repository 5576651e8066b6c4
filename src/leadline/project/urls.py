"""Which address shows which page."""

from django.urls import include, path, re_path

from leadline.web.api.root import urls as api_urls
from leadline.web.views.errors import not_found

urlpatterns = [
    re_path("^accounts/password/reset/", not_found),  # an administrator sets a new one: leadline users password
    path("accounts/", include("allauth.account.urls")),
    path("api/", api_urls),
    path("", include("leadline.web.urls")),
]

handler400 = "leadline.web.views.errors.bad_request"
handler403 = "leadline.web.views.errors.forbidden"
handler404 = "leadline.web.views.errors.not_found"
handler500 = "leadline.web.views.errors.failed"
