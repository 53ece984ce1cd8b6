"""What the county asks of each figure of the criteria."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..figures import FigureName


class Threshold(models.Model):
    """The least value of one figure (R40) and where it comes from. Loaded with the county, then the bureau's to change;
    no row: not judged."""

    figure = models.CharField(_("figure"), max_length=20, choices=FigureName.choices, unique=True)
    at_least = models.DecimalField(_("at least"), max_digits=7, decimal_places=1, validators=[MinValueValidator(0)])
    basis = models.CharField(_("source of the figure"), max_length=200)

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_figure_display())
