"""The county's calendar of events: one page with an address for every month, week and day."""

from datetime import date
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page

from pages.core.models import BasePage


class EventIndexPage(RoutablePageMixin, BasePage):
    """The county's calendar at /events/."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "events/calendar.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("event calendar")

    @path("", name="now")
    def now(self, request: HttpRequest) -> TemplateResponse:
        """This month; in elder mode the next events."""
        today = timezone.localdate()
        if getattr(request, "elder_mode", False):
            return self._show(request, "agenda", today)
        return self._show(request, "month", today)

    @path("<int:year>/<int:month>/", name="month")
    def month(self, request: HttpRequest, year: int, month: int) -> TemplateResponse:
        """A month. 404 where there is none."""
        return self._show(request, "month", existing_day(year, month, 1))

    @path("<int:year>/<int:month>/<int:day>/", name="day")
    def day(self, request: HttpRequest, year: int, month: int, day: int) -> TemplateResponse:
        """A day. 404 where there is none."""
        return self._show(request, "day", existing_day(year, month, day))

    @path("week/", name="this_week")
    @path("week/<str:day>/", name="week")
    def week(self, request: HttpRequest, day: str = "") -> TemplateResponse:
        """The week in which `day` (2026-11-23) lies. 404 where there is none."""
        return self._show(request, "week", written_day(day) if day else timezone.localdate())

    @path("weekend/", name="weekend")
    def weekend(self, request: HttpRequest) -> TemplateResponse:
        """Saturday and Sunday of this week."""
        return self._show(request, "weekend", timezone.localdate())

    @path("agenda/", name="agenda")
    def agenda(self, request: HttpRequest) -> TemplateResponse:
        """All that is on from a day on (`?from=2026-11-23`, today if it is missing or no day), one below the other."""
        try:
            day = written_day(request.GET.get("from", ""))
        except Http404:
            day = timezone.localdate()
        return self._show(request, "agenda", day)

    @path("<int:year>/<int:month>/poster/", name="poster")
    def poster(self, request: HttpRequest, year: int, month: int) -> TemplateResponse:
        """A month to print and hang up at the door of the venue given by `?venue=`."""
        from pages.events.poster import poster_context

        context = poster_context(self, request, existing_day(year, month, 1))
        return self.render(request, template="events/poster.html", context_overrides=context)

    def _show(self, request: HttpRequest, view: str, day: date) -> TemplateResponse:
        from pages.events.browsing import calendar_context

        htmx: Any = getattr(request, "htmx", None)  # absent in the editor's preview
        part = bool(htmx) and not htmx.boosted and not htmx.history_restore_request
        template = "events/sheet.html" if part else self.template
        response = self.render(request, template=template, context_overrides=calendar_context(self, request, view, day))
        response.headers["Vary"] = "HX-Request"  # one address, two bodies
        return response


def existing_day(year: int, month: int, day: int) -> date:
    """That day. Raises Http404 where there is none, or none that the calendar knows."""
    from pages.events.calendar import is_known

    try:
        found = date(year, month, day)
    except ValueError as error:
        raise Http404 from error
    if not is_known(found):
        raise Http404
    return found


def written_day(text: str) -> date:
    """The day that `text` names as 2026-11-23. Raises Http404 where it names none."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if found.isoformat() != text:  # other spellings of the standard would be further addresses of one page
        raise Http404
    return existing_day(found.year, found.month, found.day)
