"""The page that is searched in the benchmark: a plain indexed model, so that 100,000 of them are quickly made."""

from django.db import models
from wagtail.search import index


class BenchPage(index.Indexed, models.Model):
    """A title and a body, like any page of the site."""

    title = models.CharField(max_length=100)
    body = models.TextField()
    live = models.BooleanField(default=True)

    search_fields = [
        index.SearchField("title", boost=2),
        index.AutocompleteField("title"),
        index.SearchField("body"),
        index.FilterField("live"),
    ]

    class Meta:
        app_label = "search_benchmark"

    def __str__(self) -> str:
        return self.title
