"""The pages."""

from django.urls import URLPattern, path

from leadline.web.views.accounts import account_page, accounts_page, matrix_page
from leadline.web.views.backtests import backtest_page, backtest_progress, backtests_page, cancel_backtest
from leadline.web.views.call_next import call_next_page
from leadline.web.views.drafts import check_document, draft_page, new_draft, who_would_move
from leadline.web.views.home import home
from leadline.web.views.identities import dismiss_warning, identities_page, merge_page, unmerge_page
from leadline.web.views.lead import lead_page
from leadline.web.views.lead_ahead import ahead_part, history_part
from leadline.web.views.lead_words import assign_lead, say_word
from leadline.web.views.leads import leads_page
from leadline.web.views.live import live_events, live_page
from leadline.web.views.plan import plan_page
from leadline.web.views.preferences import set_theme
from leadline.web.views.publishing import publish_page, rollback_page
from leadline.web.views.quarantine import moved, quarantine_one, quarantine_page, quarantine_repair
from leadline.web.views.sources import make_key, revoke_key, set_source, source_page, sources_page
from leadline.web.views.studio import (
    archive_published,
    published_page,
    ruleset_schema,
    scoring_page,
    scoring_progress,
)
from leadline.web.views.system import system_page
from leadline.web.views.team import set_seller, set_territory, team_page

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("call-next", call_next_page, name="call_next"),
    path("leads", leads_page, name="leads"),
    path("leads/matrix", matrix_page, name="leads_matrix"),
    path("leads/<int:number>", lead_page, name="leads_one"),
    path("leads/<int:number>/ahead", ahead_part, name="leads_ahead"),
    path("leads/<int:number>/history", history_part, name="leads_history"),
    path("leads/<int:number>/accept", say_word, {"word": "accept"}, name="leads_accept"),
    path("leads/<int:number>/reject", say_word, {"word": "reject"}, name="leads_reject"),
    path("leads/<int:number>/requalify", say_word, {"word": "requalify"}, name="leads_requalify"),
    path("leads/<int:number>/snooze", say_word, {"word": "snooze"}, name="leads_snooze"),
    path("leads/<int:number>/wake", say_word, {"word": "wake"}, name="leads_wake"),
    path("leads/<int:number>/contact", say_word, {"word": "contact"}, name="leads_contact"),
    path("leads/<int:number>/override", say_word, {"word": "override"}, name="leads_override"),
    path("leads/<int:number>/release", say_word, {"word": "release"}, name="leads_release"),
    path("leads/<int:number>/assign", assign_lead, name="leads_assign"),
    path("leads/<int:number>/merge", merge_page, name="leads_merge"),
    path("accounts", accounts_page, name="accounts"),
    path("accounts/<int:number>", account_page, name="accounts_one"),
    path("identities", identities_page, name="identities"),
    path("identities/warnings/<int:number>/dismiss", dismiss_warning, name="identities_dismiss"),
    path("identities/claims/<int:number>/unmerge", unmerge_page, name="identities_unmerge"),
    path("sources", sources_page, name="sources"),
    path("sources/<path:name>/settings", set_source, name="sources_set"),
    path("sources/<path:name>/keys", make_key, name="sources_make_key"),
    path("sources/<path:name>/keys/<int:number>/revoke", revoke_key, name="sources_revoke_key"),
    path("sources/<path:name>", source_page, name="sources_one"),
    path("live", live_page, name="live"),
    path("live/events", live_events, name="live_events"),
    path("plan", plan_page, name="plan"),
    path("quarantine", quarantine_page, name="quarantine"),
    path("quarantine/repair", quarantine_repair, name="quarantine_repair"),
    path("quarantine/<int:number>", quarantine_one, name="quarantine_one"),
    path("scoring", scoring_page, name="scoring"),
    path("scoring/scored", scoring_progress, name="scoring_progress"),
    path("scoring/new", new_draft, name="scoring_new"),
    path("scoring/check", check_document, name="scoring_check"),
    path("scoring/impact", who_would_move, name="scoring_impact"),
    path("scoring/drafts/<int:number>", draft_page, name="scoring_draft"),
    path("scoring/drafts/<int:number>/publish", publish_page, name="scoring_publish"),
    path("scoring/backtests", backtests_page, name="scoring_backtests"),
    path("scoring/backtests/<int:number>", backtest_page, name="scoring_backtest"),
    path("scoring/backtests/<int:number>/progress", backtest_progress, name="scoring_backtest_progress"),
    path("scoring/backtests/<int:number>/cancel", cancel_backtest, name="scoring_backtest_cancel"),
    path("scoring/<int:number>", published_page, name="scoring_published"),
    path("scoring/<int:number>/rollback", rollback_page, name="scoring_rollback"),
    path("scoring/<int:number>/archive", archive_published, name="scoring_archive"),
    path("rulesets/schema.json", ruleset_schema, name="ruleset_schema"),
    path("team", team_page, name="team"),
    path("team/sellers", set_seller, name="team_seller"),
    path("team/territories", set_territory, name="team_territory"),
    path("system", system_page, name="system"),
    path("system/quarantine", moved, name="system_quarantine"),
    path("preferences/theme", set_theme, name="theme"),
]
