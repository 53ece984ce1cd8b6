"""All writes of the disclosure room."""

import datetime
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Revision
from wagtail.rich_text import RichText

from accounts.models import User
from common.workdays import workdays_between
from network.models import Office
from network.permissions import BUREAU_GROUP

from .models import Catalogue, Decision, DisclosureIndexPage, DocumentPage, IndexNumber, OrganPage
from .numbers import LAST_SERIAL, index_number_parts
from .parsing import Block, NoticeError, ParsedNotice, parse_notice
from .permissions import holds_office

logger = logging.getLogger(__name__)
EDITOR_GROUP = "documents %s"  # the organ's letters
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page")
UPLOAD_PERMISSIONS = ("add_sitedocument", "choose_sitedocument", "add_siteimage", "choose_siteimage")
PUBLICATION_WORKDAYS = 20  # Regulations on Open Government Information 政府信息公开条例, article 26


@dataclass
class Imported:
    """What an import did: the page, whether it is new, and what the person should know."""

    page: DocumentPage
    created: bool
    warnings: list[str] = field(default_factory=list)


@transaction.atomic
def index_number_allot(*, office: Office, day: datetime.date | None = None) -> IndexNumber:
    """The next index number of `office` on `day` (today unless given), gap-free within the day (R04).

    The office's row is locked until the caller's transaction ends: a number that is rolled back is given again, one
    that is committed never. Raises ValueError past 999 documents on one day.
    """
    office = Office.objects.select_for_update().get(pk=office.pk)
    day = day or timezone.localdate()
    last = IndexNumber.objects.filter(office=office, day=day).aggregate(last=Max("serial"))["last"] or 0
    if last >= LAST_SERIAL:
        raise ValueError(f"{office} has used all {LAST_SERIAL} index numbers of {day}")
    return IndexNumber.objects.create(office=office, day=day, serial=last + 1)


def schedule_cancel(*, revision: Revision, reason: str) -> None:
    """Take `revision` off the timer because it may not be published, and say so in the page's history."""
    # update(), because save() would log the cancelling without the reason.
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    page = revision.content_object
    log(instance=page, action="wagtail.schedule.cancel", revision=revision, data={"reason": reason})
    logger.error("Not published on schedule: %s (%s). %s", page, page.pk, reason)


def publication_delay(made_on: datetime.date | None, published_on: datetime.date | None) -> int:
    """Working days from `made_on` to `published_on` where they exceed the 20 that the law allows, else 0."""
    if not made_on or not published_on or published_on <= made_on:
        return 0
    days = workdays_between(made_on, published_on)
    return days if days > PUBLICATION_WORKDAYS else 0


@transaction.atomic
def notice_import(*, raw: bytes) -> Imported:
    """Import a disclosure page saved as text; published where its remark allows it, else kept as a draft.

    A document that is there already stays as it is: editors may have worked on it.
    Raises NoticeError, and changes nothing, where the page cannot be read or names an organ or a catalogue entry that
    the county does not have (R04 to R15).
    """
    notice = parse_notice(raw)
    organ = OrganPage.objects.filter(office__disclosure_letters=notice.index_letters).select_related("office").first()
    if organ is None:
        raise NoticeError(
            _("No organ has a page for the letters “%(letters)s” of the index number.")
            % {"letters": notice.index_letters}
        )
    Office.objects.select_for_update().get(pk=organ.office_id)
    day, serial = index_number_parts(notice.index_number)
    number, fresh = IndexNumber.objects.get_or_create(office=organ.office, day=day, serial=serial)
    if not fresh:
        return _already_there(number)
    page = _page_from_notice(notice, organ, number)
    organ.add_child(instance=page)
    revision = page.save_revision(clean=False)
    if not page.publication_problems():
        revision.publish()
        page.refresh_from_db()
    return Imported(page, created=True, warnings=notice.warnings)


def _already_there(number: IndexNumber) -> Imported:
    page = DocumentPage.objects.filter(index_number=number).first()
    if page is None:
        raise NoticeError(_("The index number %(number)s was used by a document since deleted.") % {"number": number})
    return Imported(page, created=False)


def _page_from_notice(notice: ParsedNotice, organ: OrganPage, number: IndexNumber) -> DocumentPage:
    """An unsaved page with all that the notice says."""
    _warn(notice)
    page = DocumentPage(
        live=False,
        index_number=number,
        title=notice.title,
        catalogue=_catalogue(notice),
        issuer=_issuer(notice, organ),
        made_on=notice.made_on,
        document_number=_free_number(notice),
        subject_words=notice.subject_words,
        published_on=notice.published_on,
        paper_title=notice.paper_title,
        addressees=notice.addressees,
        remark=notice.remark,
        decision=notice.decision,
        decision_basis=notice.remark if notice.decision else "",
        body=stream(notice.body),
    )
    if notice.annex:
        page.annexes.create(title=notice.annex_title or _("Annex"), body=stream(notice.annex))
    for cited in notice.cited:
        page.bases.create(number=cited.number, title=cited.title, issuers="\n".join(cited.issuers))
    return page


def _catalogue(notice: ParsedNotice) -> Catalogue | None:
    if not notice.catalogue:
        notice.warnings.append(_("公文目录 is empty: choose the catalogue entry by hand."))
        return None
    try:
        return Catalogue.objects.get(name=notice.catalogue)
    except Catalogue.DoesNotExist as error:
        raise NoticeError(_("The catalogue has no entry “%(name)s”.") % {"name": notice.catalogue}) from error


def _issuer(notice: ParsedNotice, organ: OrganPage) -> Office:
    named = Office.objects.filter(short_name=notice.issuer) | Office.objects.filter(name=notice.issuer)
    issuer = named.first()
    if issuer is None:
        notice.warnings.append(
            _("发文机关 “%(name)s” is not known: %(organ)s was taken, after the index number's letters.")
            % {"name": notice.issuer, "organ": organ.office}
        )
    return issuer or organ.office


def _free_number(notice: ParsedNotice) -> str:
    taken = DocumentPage.objects.filter(document_number=notice.document_number).exclude(document_number="").first()
    if taken:
        raise NoticeError(
            _("Document number %(number)s is already used by %(index)s.")
            % {"number": notice.document_number, "index": taken.index_number}
        )
    return notice.document_number


def _warn(notice: ParsedNotice) -> None:
    """Say what keeps the page from the public, and what the law minds."""
    if not notice.decision:
        notice.warnings.append(
            _("No remark such as (此件公开发布) allows publication: imported as a draft, decision left open.")
        )
    elif notice.decision != Decision.OPEN:
        notice.warnings.append(_("The remark %(remark)s forbids publication: imported as a draft.") % vars(notice))
    if days := publication_delay(notice.made_on, notice.published_on):
        notice.warnings.append(
            _("Published %(days)s working days after it was made; the law allows %(limit)s (条例 26).")
            % {"days": days, "limit": PUBLICATION_WORKDAYS}
        )


def stream(blocks: list[Block]) -> list[tuple[str, Any]]:
    """`blocks` as the value of a StreamField of DocumentBody."""
    return [
        ("heading", {"level": str(block.level), "text": block.text})
        if block.level
        else ("paragraph", RichText(f"<p>{escape(block.text)}</p>"))
        for block in blocks
    ]


def editor_groups_ensure() -> None:
    """The groups through which Wagtail shows the disclosure pages to those who write them: one for the bureau, one a
    page of an organ. Whether a member may really write is asked of permissions.py each time."""
    for page, name in _written_pages():
        group, _created = Group.objects.get_or_create(name=name)
        for codename in PAGE_PERMISSIONS:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        for permission in Permission.objects.filter(
            content_type__app_label="pages_core", codename__in=UPLOAD_PERMISSIONS
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=Collection.get_first_root_node(), permission=permission
            )
    bureau = Group.objects.get(name=BUREAU_GROUP)
    bureau.permissions.add(
        *Permission.objects.filter(content_type__app_label="disclosure", codename__endswith="catalogue")
    )


def _written_pages() -> Iterable[tuple[Page, str]]:
    yield from ((page, BUREAU_GROUP) for page in DisclosureIndexPage.objects.all())
    yield from ((page, EDITOR_GROUP % page.slug) for page in OrganPage.objects.all())


@transaction.atomic
def editor_groups_sync(*, user: User) -> None:
    """Put `user` into the groups of the organs whose documents the user may write today, and out of all others."""
    for page in OrganPage.objects.select_related("office"):
        group = Group.objects.filter(name=EDITOR_GROUP % page.slug).first()
        if group is None:
            continue
        if holds_office(user, page.office):
            user.groups.add(group)
        else:
            user.groups.remove(group)
