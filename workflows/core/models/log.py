"""What was decided and said about a case."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AppendOnlyError(TypeError):
    """Somebody tried to change what was written into the decision log."""


class AppendOnlyQuerySet(models.QuerySet["Decision"]):
    """Rows go in and are read; nothing else."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The decision log is append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("The decision log is append-only.")


class Decision(models.Model):
    """One line of the decision log: who, on behalf of whom, when, at which step, what, why, what changed."""

    case = models.ForeignKey("workflows_core.Case", models.PROTECT, related_name="decisions", verbose_name=_("case"))
    work_item = models.ForeignKey(
        "workflows_core.WorkItem", models.PROTECT, null=True, related_name="decisions", verbose_name=_("work item")
    )
    node = models.CharField(_("step"), max_length=60, blank=True)
    action = models.CharField(_("decision"), max_length=30)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="decisions",
        verbose_name=_("who"),
        help_text=_("Nobody: the system."),
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("what changed"), default=dict, encoder=DjangoJSONEncoder)
    waited = models.DurationField(_("waited"), null=True)
    internal = models.BooleanField(_("for officials only"), default=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "at"])]

    def __str__(self) -> str:
        return f"{self.node}: {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnlyError("The decision log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The decision log is append-only.")


class Comment(models.Model):
    """Officials among themselves. The applicant never sees it."""

    case = models.ForeignKey("workflows_core.Case", models.PROTECT, related_name="comments", verbose_name=_("case"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(pgettext_lazy("case", "comment"), max_length=4000)

    class Meta:
        verbose_name = pgettext_lazy("case", "comment")
        verbose_name_plural = pgettext_lazy("case", "comments")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Message(models.Model):
    """Between officials and the applicant, visible to both."""

    case = models.ForeignKey("workflows_core.Case", models.PROTECT, related_name="messages", verbose_name=_("case"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    from_applicant = models.BooleanField(_("from the applicant"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("message"), max_length=4000)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]


class Notice(models.Model):
    """An in-site notice 站内通知: of a case, whose words are made when it is read, in the reader's language; or a
    digest of many things: its `line` in the language of the mail, and the `path` at which to read on."""

    class Kind(models.TextChoices):
        TURN = "turn", _("It is your turn")
        REMINDER = "reminder", _("Due soon")
        ESCALATION = "escalation", _("Overdue")
        REASSIGNED = "reassigned", _("Passed to you")
        MESSAGE = "message", _("New message")
        OUTCOME = "outcome", _("There is a decision")
        TERM = "term", _("A term ends")
        CHANGE = "change", _("Something it rests on has changed")
        DIGEST = "digest", _("Digest")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("for"))
    case = models.ForeignKey(
        "workflows_core.Case", models.CASCADE, null=True, related_name="notices", verbose_name=_("case")
    )
    work_item = models.ForeignKey("workflows_core.WorkItem", models.CASCADE, null=True, related_name="notices")
    line = models.CharField(_("what a digest says"), max_length=300, blank=True)
    path = models.CharField(_("where to read on"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="digest", case=None) & ~Q(line="") & ~Q(path="")
                | ~Q(kind="digest") & Q(case__isnull=False),
                name="workflows_notice_of_case_or_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
