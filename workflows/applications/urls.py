"""Addresses below /apply/."""

from django.urls import path

from . import views

urlpatterns = [
    path("apply/", views.criteria, name="apply"),
    path("apply/check/", views.questionnaire, name="apply_questionnaire"),
    path("apply/status/", views.status, name="apply_status"),
    path("apply/decisions/", views.notices, name="apply_notices"),
    path("apply/decisions/<str:number>/", views.notice, name="apply_notice"),
    path("apply/start/", views.start, name="apply_start"),
    path("apply/sent/<str:number>/", views.sent, name="apply_sent"),
    path("apply/drafts/<int:pk>/delete/", views.draft_delete, name="apply_draft_delete"),
    path("apply/drafts/<int:pk>/papers/<slug:paper>/", views.draft_file, name="apply_draft_file"),
    path("apply/drafts/<int:pk>/<slug:step>/", views.step, name="apply_step"),
]
