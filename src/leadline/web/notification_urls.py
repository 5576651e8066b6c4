"""The pages of notifications."""

from django.urls import URLPattern, path

from leadline.web.views.notification_channels import channel_page, mine_page, new_channel, set_channel
from leadline.web.views.notification_rules import new_rule, preview_part, rule_page, set_rule
from leadline.web.views.notifications import log_page, notifications_page, resend

urlpatterns: list[URLPattern] = [
    path("notifications", notifications_page, name="notifications"),
    path("notifications/mine", mine_page, name="notifications_mine"),
    path("notifications/log", log_page, name="notifications_log"),
    path("notifications/log/<int:number>/resend", resend, name="notifications_resend"),
    path("notifications/rules/new", new_rule, name="notifications_rule_new"),
    path("notifications/rules/preview", preview_part, name="notifications_preview"),
    path("notifications/rules/<int:number>", rule_page, name="notifications_rule"),
    path("notifications/rules/<int:number>/set", set_rule, name="notifications_rule_set"),
    path("notifications/channels/new", new_channel, name="notifications_channel_new"),
    path("notifications/channels/<int:number>", channel_page, name="notifications_channel"),
    path("notifications/channels/<int:number>/set", set_channel, name="notifications_channel_set"),
]
