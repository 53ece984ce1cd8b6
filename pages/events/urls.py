from django.urls import path

from . import views

urlpatterns = [path("events/registration/<str:token>/", views.registration, name="event_registration")]
