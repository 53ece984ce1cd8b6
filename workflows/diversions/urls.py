"""Address of the report. Before the core's, which take any word after /desk/ for a case's number."""

from django.urls import path

from . import views

urlpatterns = [path("desk/report-diversion/", views.report, name="report_diversion")]
