"""The pages: one an event, and the calendar that lists them all."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from common.searchable import Searchable, SearchCard, SearchKind
from pages.core.blocks import ArticleBlock, files_in, plain_texts
from pages.events.forms import EventPageForm
from pages.events.schedule import MAX_LENGTH, WEEKDAYS, Schedule, validate_day
from pages.venues.models import VenueContentPage

from .kinds import Audience, EventKind

ALL_DAY = time(0, 0)
MOST_EVERY = 12
FIELDS = {"first": "first_day", "last": "ends", "until": "repeat_until", "": "repeat"}  # Schedule's names, and ours


class EventPage(Searchable, VenueContentPage):
    """An event 活动 of one venue, taking place once, on several days, or repeatedly.

    Times are local (Asia/Shanghai). What the public calendar shows are its occurrences: rows made when the page is
    published (services.occurrences_sync), never worked out while somebody reads.
    """

    class Line(models.TextChoices):
        LIBRARY = "library", _("Library")
        CULTURE = "culture", _("Culture")
        BOTH = "both", _("Library and culture")

    class Repeat(models.TextChoices):
        ONCE = "", _("Does not repeat")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week, on the days below")
        MONTHLY_DAY = "monthly_day", _("Every month, on the same date")
        MONTHLY_WEEKDAY = "monthly_weekday", _("Every month, on the same weekday (the second Tuesday)")
        YEARLY = "yearly", _("Every year, on the same date")
        CUSTOM = "custom", _("By an imported rule")

    class WhenClosed(models.TextChoices):
        CANCEL = "cancel", _("Cancel these dates and tell everybody who registered")
        ASK = "ask", _("Keep the dates and ask me: it takes place elsewhere, or I move it")

    kind = models.ForeignKey(EventKind, models.PROTECT, related_name="events", verbose_name=_("kind"))
    audiences = ParentalManyToManyField(Audience, blank=True, related_name="events", verbose_name=_("for whom"))
    line = models.CharField(_("line"), max_length=8, choices=Line.choices, default=Line.BOTH)
    introduction = models.TextField(
        _("introduction"),
        max_length=200,
        help_text=_("One or two sentences. The calendar and search results show them."),
    )
    picture = models.ForeignKey(
        "pages_core.SiteImage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    body = StreamField(ArticleBlock(), verbose_name=pgettext_lazy("event", "description"), blank=True)
    place = models.CharField(
        _("place"),
        max_length=100,
        blank=True,
        help_text=_("A room of the venue, or another place. Empty: the venue itself."),
    )
    organiser = models.CharField(_("organiser"), max_length=100, blank=True, help_text=_("Empty: the venue itself."))
    contact = models.CharField(_("contact"), max_length=100, blank=True, help_text=_("A name and a telephone number."))

    first_day = models.DateField(
        _("date"), validators=[validate_day], help_text=_("The first date, if there are several.")
    )
    all_day = models.BooleanField(_("all day"), default=False)
    starts = models.TimeField(_("starts"), null=True, blank=True)
    ends = models.TimeField(_("ends"), null=True, blank=True, help_text=_("Earlier than the start: after midnight."))
    last_day = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        validators=[validate_day],
        help_text=_("Only if one event lasts several days, like an exhibition."),
    )
    repeat = models.CharField(_("repeats"), max_length=15, choices=Repeat.choices, default=Repeat.ONCE, blank=True)
    repeat_every = models.PositiveSmallIntegerField(
        _("every … times"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_EVERY)],
        help_text=_("2: every second day, week, month or year."),
    )
    repeat_on = models.CharField(_("on these days"), max_length=20, blank=True)
    repeat_until = models.DateField(
        _("until"),
        null=True,
        blank=True,
        validators=[validate_day],
        help_text=_("The last date it may take place."),
    )
    rule = models.CharField(_("imported rule"), max_length=200, blank=True, editable=False)

    takes_registrations = models.BooleanField(_("people register"), default=False)
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    group_size = models.PositiveSmallIntegerField(
        _("places for one registration"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("More than 1: families and groups register together."),
    )
    opens_days_before = models.PositiveSmallIntegerField(
        _("registration opens, days before"), default=30, validators=[MaxValueValidator(366)]
    )
    closes_hours_before = models.PositiveSmallIntegerField(
        _("registration closes, hours before"), default=1, validators=[MaxValueValidator(24 * 60)]
    )
    when_closed = models.CharField(
        _("when the venue announces a closure"),
        max_length=6,
        choices=WhenClosed.choices,
        default=WhenClosed.CANCEL,
        help_text=_("Dates that were cancelled come back when the closure is withdrawn."),
    )
    cancelled = models.BooleanField(_("cancelled altogether"), default=False)
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=100, blank=True)

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    imported_uid = models.CharField(max_length=255, blank=True, editable=False, db_index=True)

    exclude_fields_in_copy = ["uid", "sequence", "imported_uid"]  # a copy is an event of its own
    base_form_class = EventPageForm
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("kind"), FieldPanel("audiences", widget=CheckboxSelectMultiple), FieldPanel("line")],
            heading=_("What and for whom"),
        ),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("first_day"), FieldPanel("starts"), FieldPanel("ends")]),
                FieldRowPanel([FieldPanel("all_day"), FieldPanel("last_day")]),
                FieldRowPanel([FieldPanel("repeat"), FieldPanel("repeat_every"), FieldPanel("repeat_until")]),
                FieldPanel("repeat_on"),
            ],
            heading=_("When"),
        ),
        InlinePanel("changes", heading=_("Changes of single dates"), label=_("change of one date")),
        MultiFieldPanel(
            [FieldPanel("place"), FieldPanel("organiser"), FieldPanel("contact")], heading=_("Where and who")
        ),
        MultiFieldPanel(
            [
                FieldPanel("takes_registrations"),
                FieldRowPanel([FieldPanel("capacity"), FieldPanel("group_size")]),
                FieldRowPanel([FieldPanel("opens_days_before"), FieldPanel("closes_hours_before")]),
            ],
            heading=_("Registration"),
        ),
        MultiFieldPanel(
            [FieldPanel("cancelled"), FieldPanel("cancel_reason"), FieldPanel("when_closed")],
            heading=_("Cancellation"),
        ),
        FieldPanel("body"),
        InlinePanel("attachments", heading=_("Attachments"), label=_("attachment")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
        index.SearchField("place"),
        index.SearchField("organiser"),
    ]
    search_kind = SearchKind("events", _("Events"), order=20, date_field="first_day")
    template = "events/event.html"
    section = "/events/"  # the menu's: the page itself lies below its venue
    write_label = _("Announce an event")
    parent_page_types = ["venue_pages.VenuePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="events_capacity"),
            models.CheckConstraint(condition=Q(group_size__gte=1), name="events_group_size"),
        ]

    def with_content_json(self, content: dict[str, Any]) -> "EventPage":
        """A draft keeps the editors' words; how often subscribers were told of a change is the page's own count."""
        draft = super().with_content_json(content)
        draft.sequence = self.sequence
        return draft

    @classmethod
    def searchable(cls) -> models.QuerySet:
        return super().searchable().select_related("venue")

    def search_card(self, request: HttpRequest) -> SearchCard:
        texts = [self.introduction, *plain_texts(self.body), self.place, self.organiser]
        return SearchCard(self.title, self.get_url(request) or "", texts, note=self.venue.name, date=self.first_day)

    def search_documents(self) -> list[Any]:
        return [*files_in(self.body), *(attachment.document for attachment in self.attachments.all())]

    checks_missing = True  # the form of a draft sets it False: what is missing may come later

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from pages.events.presentation import event_context

        return {**super().get_context(request, *args, **kwargs), **event_context(self, request)}

    def clean(self) -> None:
        """Say beside which field the dates are wrong."""
        super().clean()
        if self.first_day is None:
            return  # its own message stands there
        if self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day cannot be before the first.")})
        if self.last_day and self.last_day - self.first_day >= MAX_LENGTH:
            raise ValidationError({"last_day": _("It lasts longer than a year.")})
        timed = bool(self.starts and self.ends)
        if self.checks_missing and not (self.all_day or timed):
            text = _("Give the time, or tick “all day”.")
            raise ValidationError({name: text for name in ("starts", "ends") if not getattr(self, name)})
        if self.checks_missing and self.cancelled and not self.cancel_reason:
            raise ValidationError({"cancel_reason": _("Say why: people who planned to come will ask.")})
        if (self.all_day or timed) and 1 <= self.repeat_every <= MOST_EVERY:
            self.clean_schedule()

    def clean_schedule(self) -> None:
        """Raise what the schedule refuses, by the names of our fields."""
        try:
            self.schedule().clean()
        except ValidationError as error:
            problems = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
            endless = any(each.code == "endless" for each in problems.get("until", []))
            if endless and not self.checks_missing:
                return
            raise ValidationError({FIELDS[name]: texts for name, texts in problems.items()}) from error

    def rrule(self) -> str:
        """The repetition as an RRULE value without an end; "" where it takes place once."""
        if not self.repeat:
            return ""
        if self.repeat == self.Repeat.CUSTOM:
            return self.rule
        rule = {
            self.Repeat.DAILY: "FREQ=DAILY",
            self.Repeat.WEEKLY: f"FREQ=WEEKLY;BYDAY={self.repeat_on or WEEKDAYS[self.first_day.weekday()]}",
            self.Repeat.MONTHLY_DAY: f"FREQ=MONTHLY;BYMONTHDAY={self.first_day.day}",
            self.Repeat.MONTHLY_WEEKDAY: f"FREQ=MONTHLY;BYDAY={nth_weekday(self.first_day)}",
            self.Repeat.YEARLY: f"FREQ=YEARLY;BYMONTH={self.first_day.month};BYMONTHDAY={self.first_day.day}",
        }[self.Repeat(self.repeat)]
        return f"{rule};INTERVAL={self.repeat_every}"

    def span(self, first_day: date) -> tuple[datetime, datetime]:
        """Start and end (wall-clock) of an occurrence that starts on `first_day` at the event's usual time."""
        last_day = first_day + ((self.last_day or self.first_day) - self.first_day)
        if self.all_day:
            return datetime.combine(first_day, ALL_DAY), datetime.combine(last_day + timedelta(days=1), ALL_DAY)
        starts, ends = self.starts or ALL_DAY, self.ends or ALL_DAY  # a draft may lack them; publishing does not
        if last_day == first_day and ends <= starts:
            last_day += timedelta(days=1)
        return datetime.combine(first_day, starts), datetime.combine(last_day, ends)

    def schedule(self, *, changed: bool = True) -> Schedule:
        """The dates this event means, its left-out and extra days included unless `changed` is False."""
        first, last = self.span(self.first_day)
        changes = list(self.changes.all()) if changed else []
        return Schedule(
            first=first,
            last=last,
            rule=self.rrule(),
            until=self.repeat_until if self.repeat else None,
            excluded=frozenset(each.day for each in changes if each.change == EventChange.Change.LEFT_OUT),
            extra=frozenset(each.day for each in changes if each.change == EventChange.Change.EXTRA),
        )


def nth_weekday(day: date) -> str:
    """`day` as RFC 5545 names its place in the month: 2TU, or -1TU for a fifth one (not every month has five)."""
    place = (day.day - 1) // 7 + 1
    return f"{-1 if place == 5 else place}{WEEKDAYS[day.weekday()]}"


class EventChange(Orderable):
    """What differs on one date 单场变动: left out, cancelled, moved, or an extra date."""

    class Change(models.TextChoices):
        LEFT_OUT = "left_out", _("Does not take place (a gap in the plan)")
        CANCELLED = "cancelled", _("Cancelled (shown as cancelled)")
        MOVED = "moved", _("Moved to another time or place")
        EXTRA = "extra", _("An extra date")

    event = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="changes")
    day = models.DateField(_("date"), validators=[validate_day])
    change = models.CharField(_("what"), max_length=10, choices=Change.choices)
    new_day = models.DateField(_("new date"), null=True, blank=True, validators=[validate_day])
    new_starts = models.TimeField(_("new start"), null=True, blank=True)
    new_ends = models.TimeField(_("new end"), null=True, blank=True)
    new_place = models.CharField(
        _("new place"), max_length=100, blank=True, help_text=_("Only if this date takes place elsewhere.")
    )
    reason = models.CharField(_("reason"), max_length=100, blank=True, help_text=_("Everybody reads it."))

    class Meta(Orderable.Meta):
        verbose_name = _("change of one date")
        verbose_name_plural = _("changes of single dates")
        constraints = [models.UniqueConstraint(fields=["event", "day"], name="events_change_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_change_display()}"

    def clean(self) -> None:
        super().clean()
        said = self.new_day or self.new_starts or self.new_ends or self.new_place
        if self.change == self.Change.MOVED and not said:
            raise ValidationError({"new_day": _("Give the new date, time or place.")})
        if self.change in (self.Change.MOVED, self.Change.CANCELLED) and not self.reason:
            raise ValidationError({"reason": _("Say why: people who planned to come will ask.")})


class EventAttachment(Orderable):
    """A file for an event: a poster, a song sheet."""

    event = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey("pages_core.SiteDocument", models.CASCADE, related_name="+", verbose_name=_("file"))

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
