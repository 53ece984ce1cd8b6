"""The addresses of the events in the back office, below /admin/events/."""

from django.urls import path

from . import screens
from .importing import import_file

urlpatterns = [
    path("events/", screens.week, name="events_week"),
    path("events/numbers/", screens.numbers, name="events_numbers"),
    path("events/import/", import_file, name="events_import"),
    path("events/duplicate/<int:pk>/", screens.duplicate, name="events_duplicate"),
    path("events/<int:pk>/", screens.occurrence, name="events_occurrence"),
    path("events/<int:pk>/add/", screens.add, name="events_add"),
    path("events/<int:pk>/cancel/<int:registration>/", screens.cancel, name="events_cancel"),
    path("events/<int:pk>/check-in/", screens.check_in, name="events_check_in"),
    path("events/<int:pk>/list.csv", screens.list_csv, name="events_list_csv"),
]
