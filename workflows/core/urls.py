"""Addresses of the applicants' desk."""

from django.urls import path

from .views import desk

urlpatterns = [
    path("desk/", desk.home, name="desk"),
    path("desk/notices/read/", desk.notices_read, name="desk_notices_read"),
    path("desk/<str:number>/", desk.case_page, name="desk_case"),
    path("desk/<str:number>/task/<int:pk>/", desk.step, name="desk_step"),
    path("desk/<str:number>/files/<int:pk>/", desk.case_file, name="desk_file"),
    path("desk/<str:number>/message/", desk.message, name="desk_message"),
    path("desk/<str:number>/withdraw/", desk.withdraw, name="desk_withdraw"),
]
