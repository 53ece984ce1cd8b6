"""Small public views that are not pages of the tree."""

from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.models import Page, Site

from .models import SiteSettings
from .patterns import pattern_svg
from .report_forms import ErrorReportForm

DAY = 24 * 3600
REPORTS_PER_HOUR = 20


@require_GET
@cache_control(public=True, max_age=DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: everything public, nothing that belongs to a person or only changes a cookie."""
    private = ["/admin/", "/account/", "/desk/", "/preferences/", "/report-error/", "/search/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in private), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap_xml'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_GET
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """All live public pages for search engines."""
    return sitemap(request)


@require_GET
@cache_control(public=True, max_age=DAY)
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view)
    """Where browsers look for an icon when a picture or an old page names none."""
    return redirect(static("wenshu/img/favicon-32.png"))


@require_GET
@cache_control(public=True, max_age=DAY)
def webmanifest(request: HttpRequest) -> HttpResponse:
    """The name and icons that a phone shows when somebody puts the site on the home screen."""
    title = SiteSettings.for_request(request).site_title or "文枢"
    icons = [
        {"src": static("wenshu/img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("wenshu/img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("wenshu/img/seal.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    data = {
        "name": title,
        "short_name": title[:12],
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#fbfaf6",
        "theme_color": "#123d33",
        "icons": icons,
    }
    return JsonResponse(data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
@cache_control(public=True, max_age=365 * DAY, immutable=True)
def pattern(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 (a view)
    """The placeholder picture for a venue without a photo; `slug` alone decides how it looks."""
    return HttpResponse(pattern_svg(slug), content_type="image/svg+xml")


@require_GET
def site_map(request: HttpRequest) -> HttpResponse:
    """Two levels of the page tree on one page."""
    site = Site.find_for_request(request)
    pages: list[Page] = []
    if site:
        depth = site.root_page.depth
        pages = list(site.root_page.get_descendants().live().public().filter(depth__lte=depth + 2).order_by("path"))
    sections: list[dict[str, object]] = []
    for page in pages:
        if page.depth == pages[0].depth:
            sections.append({"page": page, "children": []})
        else:
            sections[-1]["children"].append(page)  # type: ignore[attr-defined]
    return render(request, "site_map.html", {"sections": sections})


@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with realistic content. Development only."""
    if not settings.DEMO:
        raise Http404
    from .styleguide import sample_context

    return render(request, "styleguide.html", sample_context())


@never_cache
@require_http_methods(["GET", "POST"])
def report_error(request: HttpRequest) -> HttpResponse:
    """Take a reader's report of an error; `page` in the address says where it was seen."""
    form = ErrorReportForm(request.POST or None, initial={"page": request.GET.get("page", "")[:300]})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if form.is_robot:
                return redirect(f"{reverse('report_error')}?thanks=1")
            if may_report(request):
                form.save()
                return redirect(f"{reverse('report_error')}?thanks=1")
            form.add_error(None, _("Many reports came from your connection just now. Please try again in an hour."))
            status = 429
    context = {"form": form, "thanks": "thanks" in request.GET, "page_path": form["page"].value()}
    return render(request, "report_error.html", context, status=status)


def may_report(request: HttpRequest) -> bool:
    """Count a report: REPORTS_PER_HOUR from one connection. A whole village may share one, so it is generous."""
    key = "report-error:" + sha256(get_adapter(request).get_client_ip(request).encode()).hexdigest()
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) <= REPORTS_PER_HOUR
    except ValueError:  # the hour was over between the two lines
        return True
