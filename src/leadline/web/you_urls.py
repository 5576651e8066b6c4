"""The addresses of one's own account."""

from django.urls import path

from leadline.web.views.you import end_one_session, end_other_sessions, revoke_own_token, set_zone, you_page

urlpatterns = [
    path("you", you_page, name="you"),
    path("you/zone", set_zone, name="you_zone"),
    path("you/sessions/others/end", end_other_sessions, name="you_end_others"),
    path("you/sessions/<int:number>/end", end_one_session, name="you_end_session"),
    path("you/tokens/<int:number>/revoke", revoke_own_token, name="you_revoke_token"),
]
