"""Loads the site's name and its standard pages (about, privacy, accessibility) from the county's folder."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import Site

from common.county import County
from common.report import Report
from network.permissions import BUREAU_GROUP

from .models import SiteSettings, StandardPage
from .prose import read_prose

SETTINGS = {
    "site_title": "title",
    "site_subtitle": "subtitle",
    "organiser": "organiser",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "icp_number": "icp_number",
    "security_number": "security_number",
}


def load(county: County, report: Report) -> None:
    """Fill empty site settings from [site] of county.toml and add the pages that are missing.

    [site] must have a title. What an editor has changed since stays. Raises CountyError, also for a malformed page.
    """
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    load_settings(county, site)
    added = 0
    for path in sorted((county.folder / "pages").glob("*.md")):
        prose = read_prose(path)
        if not site.root_page.get_children().filter(slug=prose.slug).exists():
            site.root_page.add_child(
                instance=StandardPage(
                    title=prose.title,
                    slug=prose.slug,
                    introduction=prose.introduction,
                    search_description=prose.introduction,
                    body=prose.body,
                    show_in_menus=True,
                )
            )
            site.root_page.refresh_from_db()
            added += 1
    let_bureau_read_reports()
    report.step(f"site settings; {added} standard pages added")


def let_bureau_read_reports() -> None:
    """The bureau runs the site: its officials see what readers report as wrong, and note what was done."""
    bureau, _made = Group.objects.get_or_create(name=BUREAU_GROUP)
    may = ("view_errorreport", "change_errorreport")
    bureau.permissions.add(*Permission.objects.filter(content_type__app_label="pages_core", codename__in=may))


def load_settings(county: County, site: Site) -> None:
    """Fill what is empty."""
    county.require("site.title")
    settings = SiteSettings.for_site(site)
    settings.county_name = settings.county_name or county.require("name")
    for field, key in SETTINGS.items():
        if not getattr(settings, field):
            setattr(settings, field, county.get(f"site.{key}", ""))
    settings.save()
    if not site.site_name:
        site.site_name = settings.site_title
        site.save()
