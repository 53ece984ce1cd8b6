"""Two content security policies: a strict one for everybody, and one for the back office."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

ADMIN_PREFIX = "/admin/"
# Wagtail writes inline scripts and style attributes into its pages, shows chosen images as blobs and previews a draft
# in a frame.
ADMIN_DIRECTIVES = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-ancestors": [SELF],
}


class SitePolicyMiddleware(CSPMiddleware):
    """Send the policy of the settings, with ADMIN_DIRECTIVES in place of its own under /admin/."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(ADMIN_PREFIX):
            parts.replace = ADMIN_DIRECTIVES | (parts.replace or {})
        return parts
