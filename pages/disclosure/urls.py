from django.urls import path

from .feeds import DocumentFeed

urlpatterns = [path("disclosure/feed/", DocumentFeed(), name="disclosure_feed")]
