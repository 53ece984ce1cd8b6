from .outbox.models import Sms

__all__ = ["Sms"]
