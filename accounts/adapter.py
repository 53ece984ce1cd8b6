"""How allauth signs people up and in here: our fields, our mails, Chinese mobile numbers."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.stages import PhoneVerificationStage
from django import forms
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.outbox import sms_is_configured, sms_queue

from .mobile import MobileField
from .models import User, make_username


class MobileStage(PhoneVerificationStage):
    """A number that somebody gave is verified; staff whose account has none sign in by their address alone."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user and get_adapter().get_phone(self.login.user) is None:
            return None, True
        return super().handle()


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        user.language = get_language() or settings.LANGUAGE_CODE
        user.email = form.cleaned_data.get("email") or None
        return super().save_user(request, user, form, commit)

    def populate_username(self, request: HttpRequest, user: User) -> None:
        user.username = user.username or make_username()

    # Mail -----------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": settings.WAGTAIL_SITE_NAME, "domain": settings.WAGTAILADMIN_BASE_URL}
        message = self.render_mail(template_prefix, email, context | {"email": email, "current_site": site})
        message.send()

    def format_email_subject(self, subject: str) -> str:
        return str(subject)  # the sender says who writes

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMultiAlternatives:
        message = super().render_mail(*args, **kwargs)
        html = render_to_string(
            "email/from_text.html",
            {
                "subject": message.subject,
                "text": "".join(str(message.body).splitlines(keepends=True)),  # no longer "safe": to be escaped
                "site_name": settings.WAGTAIL_SITE_NAME,
                "base_url": settings.WAGTAILADMIN_BASE_URL.rstrip("/"),
            },
        )
        message.attach_alternative(html, "text/html")
        return message

    # Mobile numbers, where an SMS service is configured --------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return MobileField(**kwargs)

    def get_login_stages(self) -> list[str]:
        ours = f"{MobileStage.__module__}.{MobileStage.__name__}"
        return [ours if stage.endswith(".PhoneVerificationStage") else stage for stage in super().get_login_stages()]

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.mobile, user.mobile_verified) if user.mobile and sms_is_configured() else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.mobile, user.mobile_verified = phone, verified
        user.save(update_fields=["mobile", "mobile_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(mobile=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        text = _("Your code is %(code)s. It is valid for a few minutes. Tell nobody.")
        sms_queue(to=phone, text=text % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        sms_queue(to=phone, text=_("There is no account for this mobile number. You can sign up on our site."))

    def send_account_already_exists_sms(self, phone: str) -> None:
        sms_queue(to=phone, text=_("There is an account for this mobile number already. Sign in with it."))
