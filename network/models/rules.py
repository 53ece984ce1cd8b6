"""What a county decides for its own network, as data."""

import string

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from .divisions import Division
from .venues import Venue

PLACEHOLDERS = {"county", "township", "place", "name", "line"}


def validate_template(value: str) -> None:
    """A plaque template names only what we can fill in."""
    try:
        names = {name for _text, name, _spec, _conversion in string.Formatter().parse(value) if name is not None}
    except ValueError as error:
        raise ValidationError(_("A brace is missing its partner.")) from error
    if unknown := names - PLACEHOLDERS:
        raise ValidationError(
            _("Unknown placeholder: %(names)s. Known are: %(known)s."),
            params={"names": ", ".join(sorted(unknown)), "known": ", ".join(sorted(PLACEHOLDERS))},
        )


class PlaqueTemplateField(models.CharField):
    """A plaque's text with {county}, {township}, {place}, {name} and {line} to fill in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("validators", [validate_template])
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


@register_setting(icon="site")
class NetworkSettings(BaseGenericSetting):
    """The county, the wording of its plaques (R90–R92) and the opening hours it expects."""

    county = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county")
    )
    plaque_head = PlaqueTemplateField(_("plaque of a head institution"), help_text=_("{name}: the institution's name"))
    plaque_branch = PlaqueTemplateField(_("plaque of a branch"), help_text=_("{county}, {township}"))
    plaque_point = PlaqueTemplateField(_("plaque of a service point"), help_text=_("{county}, {township}, {place}"))
    plaque_social_branch = PlaqueTemplateField(
        _("plaque of another branch"),
        help_text=_("Schools, enterprises, reading rooms: the notice has no rule. {county}, {line}, {name}"),
    )
    plaque_social_point = PlaqueTemplateField(
        _("plaque of another service point"), help_text=_("{county}, {township}, {line}, {name}")
    )
    line_library = models.CharField(_("library line on plaques"), max_length=20, blank=True)
    line_culture = models.CharField(_("culture line on plaques"), max_length=20, blank=True)
    line_both = models.CharField(_("both lines on plaques"), max_length=20, blank=True)
    hours_head = models.PositiveSmallIntegerField(_("weekly hours of a head institution"), default=56)
    hours_branch = models.PositiveSmallIntegerField(_("weekly hours of a township centre"), default=42)

    class Meta:
        verbose_name = _("network rules")

    def weekly_hours_needed(self, venue: Venue) -> int:
        """The weekly hours below which a venue is warned about; 0 where none are expected."""
        if venue.tier == Venue.Tier.HEAD:
            return self.hours_head
        return self.hours_branch if venue.kind == Venue.Kind.TOWNSHIP_CENTRE else 0
