from django.urls import path

from . import feeds, views

urlpatterns = [
    path("events/feed.ics", feeds.feed, name="event_feed"),
    path("events/<slug:township>/feed.ics", feeds.feed, name="township_feed"),
    path("venues/<path:venue>/feed.ics", feeds.feed, name="venue_feed"),
    path("events/<int:pk>/event.ics", feeds.event_file, name="event_file"),
    path("events/register/<int:occurrence>/", views.register, name="event_register"),
    path("events/registration/<str:token>/", views.registration, name="event_registration"),
    path("events/registration/<str:token>/event.ics", views.registration_calendar, name="event_registration_calendar"),
]
