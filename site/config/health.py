"""/healthz/: may this server be sent visitors? Says yes or no; what is broken goes to the log, not to strangers."""

import asyncio
import logging
from typing import Any

from django.http import HttpResponse
from health_check.views import HealthCheckView

logger = logging.getLogger(__name__)


class HealthView(HealthCheckView):
    """Checks database, cache and file storage: 200 "ok", or 503 "unavailable"."""

    checks = ("health_check.checks.Database", "health_check.checks.Cache", "health_check.checks.Storage")

    async def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        with self.get_executor() as executor:
            results = await asyncio.gather(*(check.get_result(executor) for check in self.get_checks()))
        broken = [result for result in results if result.error]
        for result in broken:
            logger.error("%r is not healthy: %s", result.check, result.error)
        status, text = (503, "unavailable") if broken else (200, "ok")
        return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
