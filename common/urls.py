from django.urls import path

from .preferences import preferences

urlpatterns = [path("preferences/", preferences, name="preferences")]
