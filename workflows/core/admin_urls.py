"""Addresses of the officials' screens, below /admin/work/."""

from django.urls import path

from .views import office, officials

urlpatterns = [
    path("work/", officials.inbox, name="workflows_inbox"),
    path("work/claim/", officials.claim_many, name="workflows_claim_many"),
    path("work/notices/read/", officials.notices_read, name="workflows_notices_read"),
    path("work/cases/", officials.cases, name="workflows_cases"),
    path("work/cases/<str:number>/", officials.case_page, name="workflows_case"),
    path("work/cases/<str:number>/comment/", officials.say, {"to": "comment"}, name="workflows_comment"),
    path("work/cases/<str:number>/message/", officials.say, {"to": "message"}, name="workflows_message"),
    path("work/cases/<str:number>/files/<int:pk>/", officials.case_file, name="workflows_file"),
    path("work/cases/<str:number>/dossier.pdf", office.dossier, name="workflows_dossier"),
    path("work/cases/<str:number>/suspend/", officials.case_stop, {"what": "suspend"}, name="workflows_suspend"),
    path("work/cases/<str:number>/resume/", officials.case_stop, {"what": "resume"}, name="workflows_resume"),
    path("work/cases/<str:number>/cancel/", officials.case_stop, {"what": "cancel"}, name="workflows_cancel"),
    path("work/items/<int:pk>/", officials.step, name="workflows_step"),
    path("work/items/<int:pk>/claim/", officials.claim, name="workflows_claim"),
    path("work/items/<int:pk>/release/", officials.release, name="workflows_release"),
    path("work/items/<int:pk>/reassign/", officials.reassign, name="workflows_reassign"),
    path("work/cover/", office.cover, name="workflows_cover"),
    path("work/cover/<int:pk>/end/", office.cover_end, name="workflows_cover_end"),
    path("work/deadlines/", office.deadlines, name="workflows_deadlines"),
    path("work/deadlines/<int:pk>/", office.deadline, name="workflows_deadline"),
    path("work/statistics/", office.statistics, name="workflows_statistics"),
    path("work/statistics.csv", office.statistics_csv, name="workflows_statistics_csv"),
]
