"""The county's site: its front page at the root of the tree, and its settings."""

from django.apps import apps
from django.conf import settings
from wagtail.models import Page, Site

from common.county import County
from common.report import Report

from .models import SiteSettings


def load(county: County, report: Report) -> None:
    """Make the root of the page tree and the site's settings, once; afterwards they are the editors'.

    Reads `[site]` of county.toml: title (required), subtitle, organiser, phone, address. Raises CountyError.
    """
    title = county.require("site.title")
    site = site_ensure(title)
    defaults = {
        "site_title": title,
        "site_subtitle": county.get("site.subtitle", ""),
        "county_name": county.require("name"),
        "organiser": county.get("site.organiser", ""),
        "phone": county.get("site.phone", ""),
        "address": county.get("site.address", ""),
    }
    _settings, created = SiteSettings.objects.get_or_create(site=site, defaults=defaults)
    if created:
        report.step(f"site: {title}")


def site_ensure(title: str) -> Site:
    """The default site with a front page at its root. HOME_PAGE_MODEL names its type: that room lies above this one.

    Wagtail's own "Welcome" page goes, and with it nothing else: it has no children yet.
    """
    model = apps.get_model(settings.HOME_PAGE_MODEL)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site and isinstance(site.root_page.specific, model):
        return site
    home = Page.get_first_root_node().add_child(instance=model(title=title, slug="front-page", show_in_menus=False))
    if site is None:
        return Site.objects.create(hostname="localhost", is_default_site=True, root_page=home)
    welcome, site.root_page = site.root_page, home
    site.save()
    welcome.delete()
    return site
