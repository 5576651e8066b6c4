"""Reports, boards, what is shared of them, and annotations."""

from django.urls import URLPattern, path

from leadline.web.views.annotations import add_annotation, remove_annotation
from leadline.web.views.boards import (
    board_page,
    boards_page,
    move_pin,
    new_board,
    pin_report,
    remove_board,
    remove_pin,
    set_board,
)
from leadline.web.views.charts import chart_bundle
from leadline.web.views.reports import report_chart, report_page, report_part, report_table, reports_page
from leadline.web.views.shared import revoke_link, share_board, share_report, shared_page, shared_part

urlpatterns: list[URLPattern] = [
    path("reports", reports_page, name="reports"),
    path("reports/<slug:kind>", report_page, name="reports_one"),
    path("reports/<slug:kind>/part", report_part, name="report_part"),
    path("reports/<slug:kind>/tables/<str:name>.<slug:form>", report_table, name="report_table"),
    path("reports/<slug:kind>/chart/<int:number>.<slug:form>", report_chart, name="report_chart"),
    path("reports/<slug:kind>/share", share_report, name="share_report"),
    path("boards", boards_page, name="boards"),
    path("boards/new", new_board, name="boards_new"),
    path("boards/pin", pin_report, name="boards_pin"),
    path("boards/<int:number>", board_page, name="boards_one"),
    path("boards/<int:number>/settings", set_board, name="boards_set"),
    path("boards/<int:number>/remove", remove_board, name="boards_remove"),
    path("boards/<int:number>/share", share_board, name="share_board"),
    path("boards/<int:number>/pins/<int:pin>/move", move_pin, name="boards_move"),
    path("boards/<int:number>/pins/<int:pin>/remove", remove_pin, name="boards_unpin"),
    path("share-links/<int:number>/revoke", revoke_link, name="share_revoke"),
    path("annotations", add_annotation, name="annotations_add"),
    path("annotations/<int:number>/remove", remove_annotation, name="annotations_remove"),
    path("shared/<str:token>", shared_page, name="shared"),
    path("shared/<str:token>/<int:place>", shared_part, name="shared_part"),
    path("charts/vega-<slug:name>.js", chart_bundle, name="chart_bundle"),
]
