"""The addresses of users and their tokens, for administrators, and of links to set a password."""

from django.urls import path

from leadline.web.views.invitation import invitation_page
from leadline.web.views.user import (
    disable_user,
    enable_user,
    forget_factors,
    link_user,
    set_user,
    sign_out_user,
    user_page,
)
from leadline.web.views.users import add_user, revoke_token, tokens_page, users_page

urlpatterns = [
    path("users", users_page, name="users"),
    path("users/add", add_user, name="users_add"),
    path("users/tokens", tokens_page, name="users_tokens"),
    path("users/tokens/<int:number>/revoke", revoke_token, name="users_revoke_token"),
    path("users/<int:number>", user_page, name="users_one"),
    path("users/<int:number>/set", set_user, name="users_set"),
    path("users/<int:number>/disable", disable_user, name="users_disable"),
    path("users/<int:number>/enable", enable_user, name="users_enable"),
    path("users/<int:number>/link", link_user, name="users_link"),
    path("users/<int:number>/factors/forget", forget_factors, name="users_forget_factors"),
    path("users/<int:number>/sign-out", sign_out_user, name="users_sign_out"),
    path("invitation/<int:number>/<str:key>", invitation_page, name="invitation"),
]
