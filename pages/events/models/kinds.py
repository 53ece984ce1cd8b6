"""What kinds of event there are and for whom: data, so that a county adds its own without code."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A term with a Chinese and an English name. Abstract."""

    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class EventKind(Named):
    """What sort of event (R55, R76): reading promotion 阅读推广, performance 演出, course 培训辅导, heritage 非遗, …"""

    class Meta(Named.Meta):
        verbose_name = _("kind of event")
        verbose_name_plural = _("kinds of event")


class Audience(Named):
    """Whom an event is for: everybody, families, children, older people, people with disabilities, …"""

    class Meta(Named.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
