from django.urls import path

from .feeds import NewsFeed

urlpatterns = [path("feed/", NewsFeed(), name="news_feed")]
