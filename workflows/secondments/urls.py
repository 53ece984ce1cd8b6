"""Addresses of the person's desk."""

from django.urls import path

from . import views

urlpatterns = [
    path("desk/postings/<str:number>/", views.posting, name="posting"),
    path("desk/postings/<str:number>/log/<str:month>/", views.log, name="posting_log"),
    path("desk/postings/<str:number>/letter.pdf", views.own_letter, name="posting_letter"),
]
