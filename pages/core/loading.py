"""Loads the site's name and its standard pages (about, privacy, accessibility) from the county's folder."""

from wagtail.models import Site

from common.county import County
from common.report import Report

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
    report.step(f"site settings; {added} standard pages added")


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
