"""Addresses of the programme in the back office, below /admin/programme/."""

from django.urls import URLPattern, path

from .views import administration, batch_decisions, batches, boards, milestone, reports, survey

urlpatterns: list[URLPattern] = [
    path("programme/", boards.gantt, name="milestones_gantt"),
    path("programme/gantt.svg", boards.gantt_picture, name="milestones_gantt_picture"),
    path("programme/matrix/", boards.matrix, name="milestones_matrix"),
    path("programme/matrix/<slug:slug>/", boards.matrix_of_place, name="milestones_matrix_place"),
    path("programme/list/", boards.milestone_list, name="milestones_list"),
    path("programme/list.csv", boards.list_csv, name="milestones_list_csv"),
    path("programme/blocked/", boards.blocked, name="milestones_blocked"),
    path("programme/plans/", administration.programmes, name="milestones_programmes"),
    path("programme/plans/<slug:slug>/", administration.programme_page, name="milestones_programme"),
    path("programme/plans/<slug:slug>/copy/", administration.copy, name="milestones_copy"),
    path("programme/plans/<slug:slug>/edit/", administration.edit, name="milestones_programme_edit"),
    path("programme/plans/<slug:slug>/stages/<int:number>/", administration.stage, name="milestones_stage"),
    path("programme/plans/<slug:slug>/stages/<int:number>/add/", administration.add_item, name="milestones_item_add"),
    path(
        "programme/plans/<slug:slug>/items/<slug:code>/remove/",
        administration.remove_item,
        name="milestones_item_remove",
    ),
    path("programme/plans/<slug:slug>/delete/", administration.delete, name="milestones_draft_delete"),
    path("programme/plans/<slug:slug>/items/<slug:code>/", administration.item, name="milestones_item"),
    *(
        path(f"programme/plans/<slug:slug>/{what}/", administration.act, {"what": what}, name=f"milestones_{what}")
        for what in administration.ACTS
    ),
    path("programme/survey/", survey.totals, name="milestones_survey"),
    path("programme/survey/gaps/", survey.gaps, name="milestones_survey_gaps"),
    path("programme/survey/print/<str:tier>/", survey.blank, name="milestones_survey_blank"),
    path("programme/survey/<str:what>.<str:fmt>", survey.download, name="milestones_survey_table"),
    path("programme/survey/<str:where>/", survey.place, name="milestones_survey_place"),
    path("programme/batches/", batches.index, name="milestones_batches"),
    path("programme/batches/new/", batches.new, name="milestones_batch_new"),
    path("programme/batches/new/<int:item>/", batches.grid, name="milestones_batch_grid"),
    path("programme/batches/sheet.xlsx", batches.sheet, {"ending": "xlsx"}, name="milestones_batch_sheet"),
    path("programme/batches/sheet.csv", batches.sheet, {"ending": "csv"}, name="milestones_batch_sheet_csv"),
    path("programme/batches/decide/<slug:kind>/", batch_decisions.decide, name="milestones_batch_decide"),
    path("programme/batches/<int:pk>/", batches.batch_page, name="milestones_batch"),
    path("programme/batches/<int:pk>/progress/", batches.progress, name="milestones_batch_progress"),
    path("programme/batches/<int:pk>/take/", batches.take, name="milestones_batch_take"),
    path("programme/batches/<int:pk>/cancel/", batches.cancel, name="milestones_batch_cancel"),
    path("programme/batches/<int:pk>/report.xlsx", batches.report, {"ending": "xlsx"}, name="milestones_batch_report"),
    path(
        "programme/batches/<int:pk>/report.csv", batches.report, {"ending": "csv"}, name="milestones_batch_report_csv"
    ),
    path("programme/batches/<int:pk>/samples/<int:row>/", batch_decisions.sample, name="milestones_batch_sample"),
    path("programme/milestones/<int:pk>/", milestone.milestone, name="milestones_milestone"),
    path("programme/milestones/<int:pk>/hand-in/", milestone.hand_in, name="milestones_hand_in"),
    path("programme/milestones/<int:pk>/move/", milestone.move, name="milestones_move"),
    path("programme/milestones/<int:pk>/block/", milestone.block, name="milestones_block"),
    path(
        "programme/milestones/<int:pk>/evidence/<int:evidence>/withdraw/",
        milestone.withdraw,
        name="milestones_withdraw",
    ),
    path("programme/reports/", reports.reports, name="milestones_reports"),
    path("programme/reports/<int:pk>.pdf", reports.report_file, {"kind": "pdf"}, name="milestones_report_pdf"),
    path("programme/reports/<int:pk>.csv", reports.report_file, {"kind": "csv"}, name="milestones_report_csv"),
]
