"""Addresses of the public charts. They have no closing slash, so they stand before Wagtail's own."""

from django.urls import path

from .views import public

urlpatterns = [
    path("programme/<str:name>.svg", public.chart, name="programme_picture_newest"),
    path("programme/<slug:slug>/<str:name>.svg", public.chart, name="programme_picture"),
]
