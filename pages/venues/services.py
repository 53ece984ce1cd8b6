"""What keeps the pages of venues, and the groups that edit them, in step with the register."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, count

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from accounts.models import User
from network.models import Appointment, Division, Venue

from .models import EditorGroup, VenueContentPage, VenueIndexPage, VenuePage
from .models.belonging import venue_above

VENUE_EDITORS = "venue editors"  # what every editor of a venue may do, whichever venue
COLLECTION_PERMISSIONS = ("add_image", "choose_image", "add_document", "choose_document")
PAGE_PERMISSIONS = ("add_page", "change_page")  # publishing goes through moderation


@dataclass
class Synced:
    """How many pages were made, moved to another place in the tree, or renamed."""

    created: int = 0
    moved: int = 0
    renamed: int = 0


@transaction.atomic
def venue_index_ensure() -> VenueIndexPage:
    """The directory page, made where it is missing, below the front page of the site."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    page = VenueIndexPage.objects.first()
    if page is None:
        return root.add_child(instance=VenueIndexPage(title="场馆", slug="venues"))
    if not page.is_child_of(root):
        page.move(root, pos="last-child")
        page.refresh_from_db()
    return page


@transaction.atomic
def venue_pages_sync(*, venues: QuerySet[Venue] | None = None) -> Synced:
    """Make, move and rename the pages of `venues` (all if None) as the register says. Doing it twice changes nothing.

    Heads and township centres lie below the directory, everything else below the page of its township. Where an
    address changes, Wagtail's redirects lead from the old one to the new.
    """
    index, synced = venue_index_ensure(), Synced()
    rows = list(
        (Venue.objects.all() if venues is None else venues).select_related(
            "division__parent", "parent__division__parent"
        )
    )
    firsts = [venue for venue in rows if is_first_level(venue)]
    _place(firsts, dict.fromkeys((venue.pk for venue in firsts), index), synced)
    centres = _township_pages()
    others = [venue for venue in rows if not is_first_level(venue)]
    _place(others, {venue.pk: _parent_page(venue, centres) or index for venue in others}, synced)
    editor_groups_ensure(venues=rows)
    return synced


@transaction.atomic
def venue_page_follow(*, venue: Venue) -> None:
    """Bring the page of one venue, and of a township centre's whole township, in step with a change of the register.

    Before the county is loaded there is no directory; then the loading makes all pages at once.
    """
    if not VenueIndexPage.objects.exists():
        return
    touched = Q(pk=venue.pk) | Q(parent=venue)
    if township := township_of(venue) if is_township_centre(venue) else None:
        touched |= Q(division=township) | Q(division__parent=township)
    venue_pages_sync(venues=Venue.objects.filter(touched))


@transaction.atomic
def venue_page_remove(*, venue: Venue) -> None:
    """Take away the page and the editors' group of a venue that is being deleted.

    Raises ValidationError where somebody wrote pages below it: those are moved or deleted first.
    """
    page = VenuePage.objects.filter(venue=venue).first()
    if page is not None:
        if not page.is_leaf():
            raise ValidationError(_("Pages lie below this venue's page: move or delete them first."))
        page.delete()
    Group.objects.filter(venue_editors__venue=venue).delete()


def venue_content_follow(*, page: Page) -> None:
    """After `page` was moved: news and events below another venue's page speak for that venue from now on."""
    specific = page.specific
    if isinstance(specific, VenueContentPage) and (venue := venue_above(specific)) != specific.venue_id:
        type(specific).objects.filter(pk=specific.pk).update(venue_id=venue)


def is_first_level(venue: Venue) -> bool:
    """Whether the page of `venue` lies directly below the directory: a head, or a township's own centre."""
    return venue.tier == Venue.Tier.HEAD or is_township_centre(venue)


def is_township_centre(venue: Venue) -> bool:
    """Whether the page of `venue` is its township's page."""
    return (
        venue.tier == Venue.Tier.BRANCH
        and venue.kind == Venue.Kind.TOWNSHIP_CENTRE
        and venue.division.level == Division.Level.TOWNSHIP
    )


def township_of(venue: Venue) -> int | None:
    """The primary key of the township that `venue` stands in; None at the county's own level."""
    if venue.division.level == Division.Level.TOWNSHIP:
        return venue.division_id
    if venue.division.level in (Division.Level.VILLAGE, Division.Level.COMMUNITY):
        return venue.division.parent_id
    return None


def _township_pages() -> dict[int, VenuePage]:
    pages = VenuePage.objects.filter(
        venue__tier=Venue.Tier.BRANCH,
        venue__kind=Venue.Kind.TOWNSHIP_CENTRE,
        venue__division__level=Division.Level.TOWNSHIP,
    )
    return {page.venue.division_id: page for page in pages.select_related("venue").order_by("-venue_id")}


def _parent_page(venue: Venue, centres: dict[int, VenuePage]) -> VenuePage | None:
    """A point follows its branch's township; a branch, and a point of a branch without township, its own."""
    townships = (township_of(node) for node in (venue.parent, venue) if node is not None)
    return next((centres[township] for township in townships if township in centres), None)


def _place(venues: list[Venue], parents: dict[int, Page], synced: Synced) -> None:
    pages = VenuePage.objects.in_bulk([venue.pk for venue in venues], field_name="venue_id")
    for venue in venues:
        parent, page = parents[venue.pk], pages.get(venue.pk)
        if page is None:
            slug = _free_slug(venue.slug, [parent])
            parent.add_child(instance=VenuePage(venue=venue, title=venue.plaque, slug=slug, is_sample=venue.is_sample))
            synced.created += 1
        elif not page.is_child_of(parent):
            # Its new name must be free at both ends: the tree refuses two pages of one name below one parent.
            _rename(page, venue, _free_slug(venue.slug, [parent, page.get_parent()], page), synced)
            page.move(parent, pos="last-child")
            synced.moved += 1
        elif (page.title, page.slug) != (venue.plaque, venue.slug):
            _rename(page, venue, _free_slug(venue.slug, [parent], page), synced)


def _rename(page: VenuePage, venue: Venue, slug: str, synced: Synced) -> None:
    if (page.title, page.slug) == (venue.plaque, slug):
        return
    page.title = page.draft_title = venue.plaque
    page.slug = slug
    page.save()
    synced.renamed += 1


def _free_slug(wanted: str, parents: list[Page], page: Page | None = None) -> str:
    """`wanted`, or with a number where another page below one of `parents` has that address already."""
    siblings = Page.objects.none()
    for parent in parents:
        siblings |= Page.objects.child_of(parent)
    if page is not None:
        siblings = siblings.exclude(pk=page.pk)
    taken = set(siblings.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for slug in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if slug not in taken)


@transaction.atomic
def editor_groups_ensure(*, venues: Iterable[Venue]) -> None:
    """One group a venue, allowed to add and change pages in the venue's subtree, named after its plaque."""
    venues = list(venues)
    groups = EditorGroup.objects.select_related("group").in_bulk([venue.pk for venue in venues], field_name="venue_id")
    missing = []
    for venue in venues:
        name = _group_name(venue)
        if venue.pk not in groups:
            missing.append((venue, Group(name=name)))
        elif groups[venue.pk].group.name != name:
            Group.objects.filter(pk=groups[venue.pk].group_id).update(name=name)
    if not missing:
        return
    Group.objects.bulk_create([group for _, group in missing])
    EditorGroup.objects.bulk_create([EditorGroup(venue=venue, group=group) for venue, group in missing])
    pages = VenuePage.objects.in_bulk([venue.pk for venue, _ in missing], field_name="venue_id")
    permissions = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS)
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page=pages[venue.pk], permission=permission)
        for venue, group in missing
        for permission in permissions
    )
    editor_groups_update(people=None)


def _group_name(venue: Venue) -> str:
    return f"{venue.plaque}编辑组"  # a name in the data, not of the interface: Chinese like the plaque


def _common_group() -> Group:
    """What all editors of venues share: adding pictures and files and choosing among them."""
    group, created = Group.objects.get_or_create(name=VENUE_EDITORS)
    if created:
        root = Collection.get_first_root_node()
        GroupCollectionPermission.objects.bulk_create(
            GroupCollectionPermission(group=group, collection=root, permission=permission)
            for permission in Permission.objects.filter(codename__in=COLLECTION_PERMISSIONS)
        )
    return group


@transaction.atomic
def editor_groups_update(*, people: Iterable[User] | None = None, day: date | None = None) -> int:
    """Make the members of the editors' groups those whom an active appointment puts there on `day` (today if None).

    `people` limits the work to them. Returns the number of memberships added and taken away. It runs when an
    appointment changes and, because appointments end by the calendar without anything changing, before every page
    of the back office.
    """
    wanted, present = _memberships(people, day or timezone.localdate())
    through = User.groups.through
    for user, group in present - wanted:
        through.objects.filter(user_id=user, group_id=group).delete()
    through.objects.bulk_create(
        [through(user_id=user, group_id=group) for user, group in sorted(wanted - present)], ignore_conflicts=True
    )
    return len(wanted ^ present)


def _memberships(people: Iterable[User] | None, day: date) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    appointments = Appointment.objects.on(day).filter(person__is_active=True)
    members = User.groups.through.objects.filter(Q(group__venue_editors__isnull=False) | Q(group__name=VENUE_EDITORS))
    if people is not None:
        keys = [user.pk for user in people]
        appointments, members = appointments.filter(person__in=keys), members.filter(user__in=keys)
    wanted = set(
        appointments.filter(post__venue__editor_group__isnull=False).values_list(
            "person_id", "post__venue__editor_group__group_id"
        )
    )
    if wanted:
        common = _common_group()
        wanted |= {(user, common.pk) for user, _ in wanted}
    return wanted, set(members.values_list("user_id", "group_id"))
