from django.urls import path

from .preferences import accessible_browsing, preferences, preferences_css

urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("preferences.css", preferences_css, name="preferences_css"),
    path("accessibility/", accessible_browsing, name="accessible_browsing"),
]
