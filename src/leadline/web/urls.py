"""The pages."""

from django.urls import URLPattern, path

from leadline.web import notification_urls, privacy_urls, report_urls, user_urls, you_urls
from leadline.web.views.accounts import account_page, accounts_page, find_accounts, matrix_page, more_account_filters
from leadline.web.views.alerts import alert_page, alerts_page, new_alert, preview_part, see_firing, set_alert
from leadline.web.views.audit import audit_check, audit_file, audit_page
from leadline.web.views.backtests import backtest_page, backtest_progress, backtests_page, cancel_backtest
from leadline.web.views.bulk_jobs import bulk_job, bulk_job_progress, cancel_bulk_job
from leadline.web.views.call_next import call_next_page
from leadline.web.views.channels import change_channels, channels_page
from leadline.web.views.conversions import attribution_page, cohorts_page, funnel_page, revenue_page
from leadline.web.views.crm import crm_act, crm_new, crm_one, crm_page, crm_set, crm_state
from leadline.web.views.crm_backfill import cancel_crm_backfill, crm_backfill_progress
from leadline.web.views.crm_mapping import (
    crm_dry_run,
    crm_mapping,
    crm_mapping_check,
    crm_mapping_compare,
    crm_mapping_make,
    crm_mapping_try,
)
from leadline.web.views.crm_rows import crm_leads, crm_send_again
from leadline.web.views.crm_sandbox import crm_sandbox_act, crm_sandbox_page
from leadline.web.views.drafts import check_document, draft_page, new_draft, who_would_move
from leadline.web.views.exports import export_one, exports_page
from leadline.web.views.home import home
from leadline.web.views.identities import dismiss_warning, find_to_merge, identities_page, merge_page, unmerge_page
from leadline.web.views.journeys import journeys_page
from leadline.web.views.lead import lead_page
from leadline.web.views.lead_ahead import ahead_part, history_part
from leadline.web.views.lead_bulk import bulk
from leadline.web.views.lead_consent import say_consent
from leadline.web.views.lead_crm import lead_crm_page, send_lead
from leadline.web.views.lead_story import journey_part, timeline_part
from leadline.web.views.lead_views import remove_view, save_view
from leadline.web.views.lead_words import assign_lead, say_word
from leadline.web.views.leads import find_leads, leads_page, more_filters
from leadline.web.views.live import live_events, live_page
from leadline.web.views.money import money_page, remove_rate, upload_money
from leadline.web.views.overview import changed_part, hottest_part, overview_page
from leadline.web.views.plan import plan_page
from leadline.web.views.preferences import set_theme
from leadline.web.views.publishing import publish_page, rollback_page
from leadline.web.views.quarantine import moved, quarantine_one, quarantine_page, quarantine_repair
from leadline.web.views.redraw import redraw
from leadline.web.views.schedules import board_pdf_file, schedules_page, set_schedule
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
    path("overview", overview_page, name="overview"),
    path("overview/changed", changed_part, name="overview_changed"),
    path("overview/hottest", hottest_part, name="overview_hottest"),
    path("call-next", call_next_page, name="call_next"),
    path("leads", leads_page, name="leads"),
    path("leads/matrix", matrix_page, name="leads_matrix"),
    path("leads/found", find_leads, name="leads_found"),
    path("leads/filters", more_filters, name="leads_filters"),
    path("leads/bulk", bulk, name="leads_bulk"),
    path("leads/bulk/<int:number>", bulk_job, name="leads_bulk_job"),
    path("leads/bulk/<int:number>/progress", bulk_job_progress, name="leads_bulk_progress"),
    path("leads/bulk/<int:number>/cancel", cancel_bulk_job, name="leads_bulk_cancel"),
    path("leads/views", save_view, name="leads_views"),
    path("leads/views/<int:number>/remove", remove_view, name="leads_views_remove"),
    path("leads/<int:number>", lead_page, name="leads_one"),
    path("leads/<int:number>/ahead", ahead_part, name="leads_ahead"),
    path("leads/<int:number>/history", history_part, name="leads_history"),
    path("leads/<int:number>/timeline", timeline_part, name="leads_timeline"),
    path("leads/<int:number>/journey", journey_part, name="leads_journey"),
    path("leads/<int:number>/consent", say_consent, name="leads_consent"),
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
    path("leads/<int:number>/merge/found", find_to_merge, name="leads_merge_found"),
    path("leads/<int:number>/crm/<slug:name>", lead_crm_page, name="leads_crm"),
    path("leads/<int:number>/crm/<slug:name>/send", send_lead, name="leads_crm_send"),
    path("accounts", accounts_page, name="accounts"),
    path("accounts/found", find_accounts, name="accounts_found"),
    path("accounts/filters", more_account_filters, name="accounts_filters"),
    path("accounts/<int:number>", account_page, name="accounts_one"),
    path("conversions", funnel_page, name="conversions"),
    path("conversions/attribution", attribution_page, name="conversions_attribution"),
    path("conversions/revenue", revenue_page, name="conversions_revenue"),
    path("conversions/cohorts", cohorts_page, name="conversions_cohorts"),
    path("conversions/channels", channels_page, name="conversions_channels"),
    path("conversions/channels/change", change_channels, name="conversions_channels_change"),
    path("conversions/money", money_page, name="conversions_money"),
    path("conversions/money/upload", upload_money, name="conversions_money_upload"),
    path("conversions/money/remove", remove_rate, name="conversions_money_remove"),
    path("journeys", journeys_page, name="journeys"),
    *report_urls.urlpatterns,
    *notification_urls.urlpatterns,
    *you_urls.urlpatterns,
    *user_urls.urlpatterns,
    *privacy_urls.urlpatterns,
    path("identities", identities_page, name="identities"),
    path("identities/warnings/<int:number>/dismiss", dismiss_warning, name="identities_dismiss"),
    path("identities/claims/<int:number>/unmerge", unmerge_page, name="identities_unmerge"),
    path("alerts", alerts_page, name="alerts"),
    path("alerts/new", new_alert, name="alerts_new"),
    path("alerts/preview", preview_part, name="alerts_preview"),
    path("alerts/reports", schedules_page, name="alerts_reports"),
    path("alerts/reports/<int:number>", set_schedule, name="alerts_reports_set"),
    path("alerts/firings/<int:number>/seen", see_firing, name="alerts_seen"),
    path("alerts/<int:number>", alert_page, name="alerts_one"),
    path("alerts/<int:number>/set", set_alert, name="alerts_set"),
    path("boards/<int:number>.pdf", board_pdf_file, name="boards_pdf"),
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
    path("crm", crm_page, name="crm"),
    path("crm/new", crm_new, name="crm_new"),
    path("crm/sandbox", crm_sandbox_page, name="crm_sandbox"),
    path("crm/sandbox/<int:number>", crm_sandbox_act, name="crm_sandbox_act"),
    path("crm/backfills/<int:number>/progress", crm_backfill_progress, name="crm_backfill_progress"),
    path("crm/backfills/<int:number>/cancel", cancel_crm_backfill, name="crm_backfill_cancel"),
    path("crm/connections/<slug:name>", crm_one, name="crm_one"),
    path("crm/connections/<slug:name>/state", crm_state, name="crm_state"),
    path("crm/connections/<slug:name>/settings", crm_set, name="crm_set"),
    path("crm/connections/<slug:name>/act", crm_act, name="crm_act"),
    path("crm/connections/<slug:name>/leads", crm_leads, name="crm_leads"),
    path("crm/connections/<slug:name>/leads/again", crm_send_again, name="crm_send_again"),
    path("crm/connections/<slug:name>/dry-run", crm_dry_run, name="crm_dry_run"),
    path("crm/connections/<slug:name>/mapping", crm_mapping, name="crm_mapping"),
    path("crm/connections/<slug:name>/mapping/check", crm_mapping_check, name="crm_mapping_check"),
    path("crm/connections/<slug:name>/mapping/compare", crm_mapping_compare, name="crm_mapping_compare"),
    path("crm/connections/<slug:name>/mapping/make", crm_mapping_make, name="crm_mapping_make"),
    path("crm/connections/<slug:name>/mapping/try", crm_mapping_try, name="crm_mapping_try"),
    path("scoring", scoring_page, name="scoring"),
    path("scoring/scored", scoring_progress, name="scoring_progress"),
    path("scoring/new", new_draft, name="scoring_new"),
    path("scoring/check", check_document, name="scoring_check"),
    path("scoring/impact", who_would_move, name="scoring_impact"),
    path("scoring/redraw", redraw, name="scoring_redraw"),
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
    path("exports", exports_page, name="exports"),
    path("exports/<slug:table>.<slug:kind>", export_one, name="exports_one"),
    path("audit", audit_page, name="audit"),
    path("audit/check", audit_check, name="audit_check"),
    path("audit/entries.<slug:form>", audit_file, name="audit_file"),
    path("system", system_page, name="system"),
    path("system/quarantine", moved, name="system_quarantine"),
    path("preferences/theme", set_theme, name="theme"),
]
