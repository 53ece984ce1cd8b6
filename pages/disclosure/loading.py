"""Loads a county's catalogue, the pages of its organs and its first documents."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from wagtail.models import Site

from common.county import County, CountyError
from common.pinyin import pinyin_slug
from common.report import Report
from network.models import Office

from .models import Catalogue, DisclosureIndexPage, OrganPage
from .parsing import NoticeError
from .services import editor_groups_ensure, notice_import

TITLE = "信息公开"  # content, like the venues' names: the same whichever catalogue is compiled


def load(county: County, report: Report) -> None:
    """Load catalogue, organ pages and notices as `county` names them under [disclosure]. Loading again only adds.

    Raises CountyError for a malformed catalogue or a notice that cannot be imported.
    """
    with translation.override(settings.LANGUAGE_CODE):
        entries = load_catalogue(county)
        index = load_index(county)
        organs = load_organs(index)
        editor_groups_ensure()
    report.step(f"disclosure: {entries} catalogue entries, {organs} organs")
    for name in county.get("disclosure.notices", []):
        load_notice(county, name, report)


def load_catalogue(county: County) -> int:
    """Add the entries of the file `disclosure.catalogue` (columns name, parent, slug); how many there are now."""
    filename = county.get("disclosure.catalogue")
    for position, row in enumerate(county.rows(filename) if filename else [], 1):
        name, above = row.required("name"), row["parent"]
        parent = Catalogue.objects.filter(name=above).first()
        if above and parent is None:
            raise row.error(f"“{above}” does not stand on a line before")
        if Catalogue.objects.filter(name=name).exists():
            continue
        entry = Catalogue(name=name, slug=row["slug"] or pinyin_slug(name), parent=parent, position=position)
        try:
            entry.full_clean()
        except ValidationError as error:
            raise row.error(" ".join(error.messages)) from error
        entry.save()
    return Catalogue.objects.count()


def load_index(county: County) -> DisclosureIndexPage:
    """The catalogue page below the site's front page, made where it is missing."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    page = DisclosureIndexPage.objects.first()
    if page is None:
        introduction = county.get("disclosure.introduction", "")
        page = DisclosureIndexPage(title=TITLE, slug="disclosure", introduction=introduction)
        return root.add_child(instance=page)
    if not page.is_child_of(root):
        page.move(root, pos="last-child")
        page.refresh_from_db()
    return page


def load_organs(index: DisclosureIndexPage) -> int:
    """A page for every office with letters of its own; how many there are now."""
    for office in Office.objects.exclude(disclosure_letters="").filter(disclosure_page=None):
        index.add_child(instance=OrganPage(title=office.short_name, slug=office.disclosure_letters, office=office))
    return OrganPage.objects.count()


def load_notice(county: County, name: str, report: Report) -> None:
    """Import one saved page of the county's folder."""
    try:
        imported = notice_import(raw=(county.folder / name).read_bytes())
    except OSError as error:
        raise CountyError(name, None, error.strerror or str(error)) from error
    except NoticeError as error:
        raise CountyError(name, None, str(error)) from error
    report.step(f"{imported.page.index_number}: {'imported' if imported.created else 'already there'}")
    for warning in imported.warnings:
        report.step(f"  {warning}")
