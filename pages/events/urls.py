from django.urls import path

from . import views

urlpatterns = [
    path("events/register/<int:occurrence>/", views.register, name="event_register"),
    path("events/registration/<str:token>/", views.registration, name="event_registration"),
    path("events/registration/<str:token>/event.ics", views.registration_calendar, name="event_registration_calendar"),
]
