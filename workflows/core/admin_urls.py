"""Addresses of the officials' screens, below /admin/work/."""

from django.urls import path

from .views import cases, inbox, office, steps

urlpatterns = [
    path("work/", inbox.inbox, name="workflows_inbox"),
    path("work/claim/", inbox.claim_many, name="workflows_claim_many"),
    path("work/notices/read/", inbox.notices_read, name="workflows_notices_read"),
    path("work/cases/", cases.cases, name="workflows_cases"),
    path("work/cases/<str:number>/", cases.case_page, name="workflows_case"),
    path("work/cases/<str:number>/comment/", cases.say, {"to": "comment"}, name="workflows_comment"),
    path("work/cases/<str:number>/message/", cases.say, {"to": "message"}, name="workflows_message"),
    path("work/cases/<str:number>/files/<int:pk>/", cases.case_file, name="workflows_file"),
    path("work/cases/<str:number>/dossier.pdf", office.dossier, name="workflows_dossier"),
    path("work/cases/<str:number>/suspend/", cases.case_stop, {"what": "suspend"}, name="workflows_suspend"),
    path("work/cases/<str:number>/resume/", cases.case_stop, {"what": "resume"}, name="workflows_resume"),
    path("work/cases/<str:number>/cancel/", cases.case_stop, {"what": "cancel"}, name="workflows_cancel"),
    path("work/items/<int:pk>/", steps.step, name="workflows_step"),
    path("work/items/<int:pk>/claim/", steps.claim, name="workflows_claim"),
    path("work/items/<int:pk>/release/", steps.release, name="workflows_release"),
    path("work/items/<int:pk>/reassign/", steps.reassign, name="workflows_reassign"),
    path("work/cover/", office.cover, name="workflows_cover"),
    path("work/cover/<int:pk>/end/", office.cover_end, name="workflows_cover_end"),
    path("work/deadlines/", office.deadlines, name="workflows_deadlines"),
    path("work/deadlines/<int:pk>/", office.deadline, name="workflows_deadline"),
    path("work/statistics/", office.statistics, name="workflows_statistics"),
    path("work/statistics.csv", office.statistics_csv, name="workflows_statistics_csv"),
]
