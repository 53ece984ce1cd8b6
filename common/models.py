from .outbox.models import Mail, Sms

__all__ = ["Mail", "Sms"]
