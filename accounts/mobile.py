"""Mobile numbers of mainland China."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

validate_mobile = RegexValidator(r"^1[3-9]\d{9}\Z", _("Give a mobile number of 11 digits, for example 13800138000."))
