"""Sample facts for the venues of a loaded county, sample people with appointments, and demo accounts of officials.

Nothing here is true. Facts follow from the venue's plaque alone, so that `remove` can tell an invented value from one
that somebody entered since, and takes away only the former.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import User
from accounts.sample import PASSWORD, make_person
from common.report import Report

from . import services
from .models import (
    AccessibilityFeature,
    Appointment,
    Closure,
    DatedHours,
    Office,
    Post,
    Service,
    UnifiedItem,
    Venue,
    WeeklyHours,
)
from .permissions import BUREAU_GROUP

Tier, Title = Venue.Tier, Post.Title
PHONE = "0000-{:07d}"  # no dialling code of China is 0000
EVIDENCE = "示例佐证：台账与照片"  # the same in every language, so that `remove` knows it again
SURNAMES = "李王张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
GIVEN = ("丽", "建国", "晓梅", "志强", "春燕", "文华", "永芳", "学军", "兰", "家福", "秀英", "云", "国平", "红", "明亮")
MORNING, AFTERNOON = (dt.time(9), dt.time(12)), (dt.time(14), dt.time(18))
TUESDAY_TO_SUNDAY = range(1, 7)


@dataclass
class Facts:
    """What the sample says of one venue."""

    fields: dict[str, Any]
    hours: list[tuple[int, dt.time, dt.time]]
    services: set[str] = field(default_factory=set)
    accessibility: set[str] = field(default_factory=set)
    items: dict[str, str] = field(default_factory=dict)


def facts_of(venue: Venue, services_known: list[str], features_known: list[str]) -> Facts | None:
    """The invented facts of a venue; None for the few points that stay unknown, so that the site shows that too."""
    seed = crc32(venue.plaque.encode())
    if venue.tier == Tier.POINT and seed % 8 == 0:
        return None
    size = {Tier.HEAD: 1800, Tier.BRANCH: 320}.get(Tier(venue.tier), 80) + seed % 60
    fields = {
        "phone": PHONE.format(seed % 10_000_000),
        "address": f"{venue.division.short_name}示例路{seed % 90 + 1}号",
        "directions": "（示例）从客运站步行约十分钟。" if venue.tier != Tier.POINT else "",
        "floor_area": size,
        "seats": size // 8,
        "stock": size * 25 if venue.library else None,
    }
    offered = [slug for number, slug in enumerate(services_known) if venue.tier != Tier.POINT or number % 3 == 0]
    built_in = features_known if venue.tier == Tier.HEAD else features_known[: 1 + seed % 3]
    return Facts(fields, _hours(venue, seed), set(offered), set(built_in), _items(venue, seed))


def _hours(venue: Venue, seed: int) -> list[tuple[int, dt.time, dt.time]]:
    if venue.tier == Tier.HEAD:
        closes = dt.time(18, 30)  # 60 hours a week, or 57
        opens = dt.time(8, 30) if venue.library else dt.time(9)
        return [*((day, opens, closes) for day in TUESDAY_TO_SUNDAY), (7, dt.time(10), dt.time(16))]
    if venue.tier == Tier.BRANCH:
        days = range(2, 7) if seed % 5 == 1 else TUESDAY_TO_SUNDAY  # a few fall short: 35 hours instead of 42
        return [*((day, *span) for day in days for span in (MORNING, AFTERNOON)), (7, dt.time(10), dt.time(16))]
    days = TUESDAY_TO_SUNDAY if seed % 2 else range(2, 7)
    return [(day, *AFTERNOON) for day in days]


def _items(venue: Venue, seed: int) -> dict[str, str]:
    if venue.tier == Tier.POINT and seed % 4:
        return {}
    states = ("yes", "yes", "partly", "no") if venue.tier == Tier.BRANCH else ("yes", "yes", "yes", "partly")
    return {item: states[(seed >> number) % 4] for number, item in enumerate(UnifiedItem.Item.values)}


# Loading ------------------------------------------------------------------------------------------
def load(report: Report) -> None:
    """Fill venues that nobody has entered facts for; add people and accounts. Loading again adds nothing."""
    filled = load_facts()
    report.step(f"network: sample facts for {filled} venues")
    if filled:
        load_closures()
    report.step(f"network: {load_people()} sample appointments")
    if settings.DEMO:
        load_accounts(report)


def load_facts() -> int:
    """Sample facts for every venue without facts, in bulk. Returns how many venues got some."""
    untouched = Venue.objects.filter(has_sample_facts=False, phone="", address="", weekly_hours=None)
    found = [(venue, facts) for venue, facts in _with_facts(untouched) if facts]
    offered = dict(Service.objects.values_list("slug", "pk"))
    features = dict(AccessibilityFeature.objects.values_list("slug", "pk"))
    hours, given, built, items = [], [], [], []
    for venue, facts in found:
        for name, value in facts.fields.items():
            setattr(venue, name, value)
        venue.has_sample_facts = True
        hours += [WeeklyHours(venue=venue, day=day, opens=opens, closes=closes) for day, opens, closes in facts.hours]
        given += [Venue.services.through(venue=venue, service_id=offered[slug]) for slug in facts.services]
        built += [
            Venue.accessibility.through(venue=venue, accessibilityfeature_id=features[slug])
            for slug in facts.accessibility
        ]
        items += _judged(venue, facts)
    Venue.objects.bulk_update([venue for venue, _facts in found], [*FACT_FIELDS, "has_sample_facts"])
    WeeklyHours.objects.bulk_create(hours)
    Venue.services.through.objects.bulk_create(given, ignore_conflicts=True)
    Venue.accessibility.through.objects.bulk_create(built, ignore_conflicts=True)
    UnifiedItem.objects.bulk_update(items, ["state", "evidence", "checked_on"])
    return len(found)


FACT_FIELDS = ("phone", "address", "directions", "floor_area", "seats", "stock")


def _with_facts(venues: Any) -> list[tuple[Venue, Facts | None]]:
    offered = list(Service.objects.order_by("pk").values_list("slug", flat=True))
    features = list(AccessibilityFeature.objects.order_by("pk").values_list("slug", flat=True))
    rows = venues.select_related("division").prefetch_related("unified_items", "weekly_hours")
    return [(venue, facts_of(venue, offered, features)) for venue in rows]


def _judged(venue: Venue, facts: Facts) -> list[UnifiedItem]:
    judged = []
    for item in venue.unified_items.all():
        if item.item in facts.items and not item.evidence:
            item.state, item.checked_on = facts.items[item.item], timezone.localdate()
            item.evidence = EVIDENCE if item.state != "no" else ""
            judged.append(item)
    return judged


def load_closures() -> None:
    """A closure ahead, one that runs, and an evening on a date."""
    today = timezone.localdate()
    branch = Venue.objects.filter(tier=Tier.BRANCH, has_sample_facts=True).order_by("-pk").first()
    head = Venue.objects.filter(tier=Tier.HEAD, has_sample_facts=True).first()
    if branch:
        services.closure_announce(
            venue=branch, first_day=today, last_day=today + dt.timedelta(days=3), reason="设备检修（示例）", by=None,
            is_sample=True,
        )  # fmt: skip
    if head:
        services.closure_announce(
            venue=head, first_day=today + dt.timedelta(days=10), last_day=today + dt.timedelta(days=11),
            reason="图书盘点（示例）", by=None, is_sample=True,
        )  # fmt: skip
        evening = today + dt.timedelta(days=5)
        row = services.DatedRow(evening, dt.time(9), dt.time(21), "夜间阅读（示例）")
        services.dated_hours_set(venue=head, rows=[row], by=None, is_sample=True)


def load_people() -> int:
    """People who hold posts: directors, branch heads and liaisons, some instructors; two more posts at each head."""
    if Appointment.objects.filter(is_sample=True).exists():
        return Appointment.objects.filter(is_sample=True).count()
    for head in Venue.objects.filter(tier=Tier.HEAD):
        Post.objects.bulk_create(Post(venue=head, title=Title.HEAD_STAFF, is_sample=True) for _ in range(3))
    vacant = Post.objects.filter(appointments=None, venue__isnull=False).select_related("venue").order_by("venue", "pk")
    posts = [post for post in vacant if _is_filled(post)]
    since = timezone.localdate().replace(month=1, day=1)
    for number, post in enumerate(posts):
        person = User(name=_name(number), is_sample=True)
        person.set_unusable_password()
        person.save()
        _appoint(person, post, since)
    return len(posts)


def _is_filled(post: Post) -> bool:
    """Two posts at each head and every third village stay vacant: demo accounts and secondments need room."""
    if post.title == Title.POINT_STAFF:
        return crc32(str(post).encode()) % 3 == 0
    return post.title != Title.HEAD_STAFF or post.pk % 3 == 0


def _name(number: int) -> str:
    return f"{SURNAMES[number % len(SURNAMES)]}{GIVEN[(number * 7 + number // 20) % len(GIVEN)]}（示例）"


def _appoint(person: User, post: Post, since: dt.date) -> None:
    basis = Appointment.Basis.EX_OFFICIO if post.ex_officio else Appointment.Basis.ASSIGNED
    services.appointment_create(post=post, person=person, since=since, basis=basis, by=None, is_sample=True)


# Demo accounts ------------------------------------------------------------------------------------
def load_accounts(report: Report) -> None:
    """One account for every role of the back office. Development only: the password is known to everybody."""
    administrator = make_person("admin@example.org", "管理员（示例）")
    if not administrator.is_superuser:
        User.objects.filter(pk=administrator.pk).update(is_superuser=True)
    bureau = make_person("bureau@example.org", "局工作人员（示例）")
    bureau.groups.add(Group.objects.get(name=BUREAU_GROUP))
    report.account("Administrator · 管理员", "admin@example.org", PASSWORD)
    report.account("Bureau official · 文旅局", "bureau@example.org", PASSWORD)
    branch = Venue.objects.filter(kind=Venue.Kind.TOWNSHIP_CENTRE, tier=Tier.BRANCH).order_by("division__code").first()
    library = Venue.objects.filter(kind=Venue.Kind.COUNTY_LIBRARY).first()
    culture = Venue.objects.filter(kind=Venue.Kind.COUNTY_CENTRE).first()
    office = Office.objects.filter(kind=Office.Kind.TOWNSHIP, division=branch.division).first() if branch else None
    for role, email, name, place, title in (
        (
            "Head official, library · 图书馆总馆",
            "library@example.org",
            "图书馆总馆干部（示例）",
            library,
            Title.HEAD_STAFF,
        ),
        (
            "Head official, culture · 文化馆总馆",
            "culture@example.org",
            "文化馆总馆干部（示例）",
            culture,
            Title.HEAD_STAFF,
        ),
        ("Township official · 乡镇政府", "township@example.org", "乡镇干部（示例）", office, Title.OFFICIAL),
        ("Venue editor · 分馆编辑", "editor@example.org", "分馆编辑（示例）", branch, Title.BRANCH_STAFF),
    ):
        if place is not None:
            _account(make_person(email, name), place, title)
            report.account(f"{role}：{place}", email, PASSWORD)


def _account(person: User, place: Venue | Office, title: str) -> None:
    """Appoint the person there, in a post of their own when the others are held."""
    if person.appointments.exists():
        return
    where: dict[str, Any] = {"venue": place} if isinstance(place, Venue) else {"office": place}
    post = Post.objects.filter(**where, title=title, appointments=None).first()
    post = post or Post.objects.create(**where, title=title, published=False, is_sample=True)
    _appoint(person, post, timezone.localdate().replace(month=1, day=1))


# Removing -----------------------------------------------------------------------------------------
def remove(report: Report) -> None:
    """Take away what is invented, and nothing that somebody entered."""
    Closure.objects.filter(is_sample=True).delete()
    DatedHours.objects.filter(is_sample=True).delete()
    venues = _with_facts(Venue.objects.filter(has_sample_facts=True))
    for venue, facts in venues:
        if facts:
            _blank(venue, facts)
    for appointment in Appointment.objects.filter(is_sample=True).exclude(status=Appointment.Status.ENDED):
        services.appointment_end(appointment=appointment, by=None)  # so that the rooms above withdraw what it gave
    Appointment.objects.filter(is_sample=True).delete()
    Post.objects.filter(is_sample=True, appointments=None).delete()
    for person in User.objects.filter(is_sample=True, email=None):
        _remove_person(person)
    report.step(f"network: sample facts of {len(venues)} venues and sample people removed")


def _remove_person(person: User) -> None:
    try:
        person.delete()
    except ProtectedError:  # something real refers to them by now: they stay, and cannot sign in
        User.objects.filter(pk=person.pk).update(is_active=False)


def _blank(venue: Venue, facts: Facts) -> None:
    for name in FACT_FIELDS:
        if getattr(venue, name) == facts.fields[name]:
            setattr(venue, name, "" if isinstance(facts.fields[name], str) else None)
    venue.has_sample_facts = False
    venue.save()
    if [(row.day, row.opens, row.closes) for row in venue.weekly_hours.all()] == sorted(facts.hours):
        venue.weekly_hours.all().delete()
    for related, slugs in ((venue.services, facts.services), (venue.accessibility, facts.accessibility)):
        if set(related.values_list("slug", flat=True)) == slugs:
            related.clear()
    for item in venue.unified_items.all():
        if item.item in facts.items and item.evidence in ("", EVIDENCE):
            UnifiedItem.objects.filter(pk=item.pk).update(state="no", evidence="", checked_on=None, checked_by=None)
