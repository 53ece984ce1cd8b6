from django.urls import path

from .near import near, near_fragment

urlpatterns = [
    path("near/", near, name="near"),
    path("near/fragment/", near_fragment, name="near_fragment"),
]
