"""A small county with offices, people in posts and an organisation that applies: built from models, no county data."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Membership, Organisation, User
from common.privatefiles import check_upload
from network.models import Appointment, Division, NetworkSettings, Office, Post, Venue
from network.permissions import BUREAU_GROUP
from workflows.applications import services
from workflows.applications.flows import ApplicationFlow
from workflows.applications.models import ApplicantKind, Paper
from workflows.core.deadlines import deadline_rules_create
from workflows.core.services import Done, case_start, task_act

PASSWORD = "a-long-test-password"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(size=(40, 30), kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def upload(name="paper.pdf", data=PDF):
    return SimpleUploadedFile(name, data)


def checked(name="paper.pdf", data=PDF):
    return check_upload(upload(name, data))


def person(name, **more):
    user = User(name=name, email=f"{name}@example.org".lower(), **more)
    user.set_password(PASSWORD)
    user.save()
    return user


def appoint(user, *, venue=None, office=None, since=None):
    title = Post.Title.OFFICIAL if office else Post.Title.HEAD_STAFF
    post = Post.objects.create(venue=venue, office=office, title=title, full_time=False)
    return Appointment.objects.create(post=post, person=user, full_time=False, since=since or date(2020, 1, 1))


@dataclass
class World:
    county: Division
    township: Division
    other_township: Division
    village: Division
    library: Venue
    culture: Venue
    branch: Venue
    organisation: Organisation
    people: dict = field(default_factory=dict)

    def __getattr__(self, name):
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def venue(name, tier, kind, division, **more):
    more.setdefault("status", Venue.Status.OPEN)
    return Venue.objects.create(
        name=name, plaque=f"plaque {name}", slug=name, tier=tier, kind=kind, division=division, **more
    )


def make_world():
    """Two townships (one with a branch in service), two heads, a bureau, and people for every role."""
    county = Division.objects.create(code="990000", name="Test县", level="county", slug="test")
    township = Division.objects.create(code="990001", name="甲镇", level="township", slug="jia", parent=county)
    other = Division.objects.create(code="990002", name="乙乡", level="township", slug="yi", parent=county)
    village = Division.objects.create(
        code="990001001", name="白衣村民委员会", level="village", slug="baiyi", parent=township
    )
    library = venue("lib", "head", "county_library", county, library=True)
    culture = venue("cul", "head", "county_centre", county, culture=True)
    branch = venue("jia", "branch", "township_centre", township, library=True, culture=True)
    rules = NetworkSettings.load()
    rules.county = county
    rules.plaque_head, rules.plaque_branch = "{county}{name}总馆", "{county}图书馆和文化馆{township}分馆"
    rules.plaque_point = "{county}{township}{place}文化服务点"
    rules.plaque_social_branch, rules.plaque_social_point = (
        "{county}{line}{name}分馆",
        "{county}{township}{name}{line}服务点",
    )
    rules.line_library, rules.line_culture, rules.line_both = "图书馆", "文化馆", "图书馆和文化馆"
    rules.save()
    organisation = Organisation.objects.create(
        name="第一中学", credit_code="91530000MA6KNQ8Q0F", kind=Organisation.Kind.SCHOOL
    )
    world = World(county, township, other, village, library, culture, branch, organisation)
    add_people(world)
    add_papers()
    deadline_rules_create()
    return world


def add_people(world):
    bureau, _ = Group.objects.get_or_create(name=BUREAU_GROUP)
    government = Office.objects.create(
        name="甲镇人民政府", short_name="甲镇", kind="township", division=world.township, slug="jia"
    )
    other_government = Office.objects.create(
        name="乙乡人民政府", short_name="乙乡", kind="township", division=world.other_township, slug="yi"
    )
    people = world.people
    names = "teacher stranger lib1 lib2 lib3 cul1 cul2 town town2 elsewhere bureau1 bureau2 bureau3 idle"
    for name in names.split():
        people[name] = person(name)
    people["admin"] = person("admin", is_superuser=True, is_staff=True)
    Membership.objects.create(organisation=world.organisation, user=people["teacher"], role="manager")
    other = Organisation.objects.create(name="Other", credit_code="91530000MA6KNQ8Q1X", kind="other")
    Membership.objects.create(organisation=other, user=people["stranger"], role="manager")
    for name in ("lib1", "lib2", "lib3"):
        appoint(people[name], venue=world.library)
    for name in ("cul1", "cul2"):
        appoint(people[name], venue=world.culture)
    appoint(people["town"], office=government)
    appoint(people["town2"], office=government)
    appoint(people["elsewhere"], office=other_government)
    for name in ("bureau1", "bureau2", "bureau3"):
        people[name].groups.add(bureau)


def add_papers():
    ApplicantKind.objects.create(code="school", branch_area=50, branch_seats=20)
    ApplicantKind.objects.create(code="internet_venue", may_be_branch=False, order=2)
    Paper.objects.create(code="form", name="申请表", name_en="Application form")
    Paper.objects.create(code="premises", name="场地证明", name_en="Proof of premises")
    Paper.objects.create(code="licence", name="许可证", name_en="Licence", kinds=["internet_venue"], order=3)
    Paper.objects.create(code="contract", name="合同", name_en="Contract", operators=["commissioned", "chain"], order=4)


def facts(world, **more):
    return {
        "venue_name": "第一中学图书馆",
        "kind": "school",
        "operator": "self",
        "wanted": "branch",
        "library": True,
        "culture": False,
        "division": world.township,
        "address": "学府路1号",
        "floor_area": Decimal("120.0"),
        "seats": 60,
        "stock": 8000,
        "hours": "周一至周五 8:00–18:00",
        "contact_name": "李老师",
        "contact_phone": "13800000000",
        "staff": ["李老师", "王老师"],
        "free_will": True,
    } | more


def draft(world, papers=("form", "premises")):
    row = services.draft_create(organisation=world.organisation, by=world.teacher, data={})
    for code in papers:
        services.draft_file_set(draft=row, by=world.teacher, paper=code, checked=checked(f"{code}.pdf"))
    return row


def submit(world, papers=("form", "premises"), **more):
    """A submitted application, waiting for acceptance."""
    return case_start(ApplicationFlow, by=world.teacher, draft=draft(world, papers), facts=facts(world, **more))


def item(case, node=None):
    """The open work item of a case, or the one at a node."""
    rows = case.work_items.open()
    return rows.get(node=node) if node else rows.get()


def act(case, user, decision, node=None, reason="", **data):
    """Take the open step; the result must be Done."""
    result = task_act(work_item=item(case, node).pk, actor=user, decision=decision, reason=reason, data=data)
    assert isinstance(result, Done), result
    return result


CHECKLIST = dict.fromkeys(("entrance", "fire", "room", "stock", "staff", "network"), "yes")


def until_panel(world, case):
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    if case.library:
        act(case, world.lib2, "approve", "library_review")
    if case.culture:
        act(case, world.cul1, "approve", "culture_review")
    visitor = world.lib3 if case.library else world.cul2
    act(
        case,
        visitor,
        "visited",
        visited_on=date(2026, 1, 5),
        visitors="lib3",
        checklist=CHECKLIST,
        note="fine",
        photos=[],
    )


def until_opening(world, case):
    until_panel(world, case)
    act(case, world.bureau1, "approve", panel_on=date(2026, 1, 6), panel_members="three")
    act(case, world.bureau2, "approve")
    act(case, world.lib1, "signed", agreement_on=date(2026, 1, 7), agreement=checked("agreement.pdf"))
    act(
        case,
        world.lib1,
        "mounted",
        plaque=services.plaque_proposed(case.flow_class.process_class.objects.get(pk=case.pk)),
    )
    act(case, world.lib2, "started", trial_until=timezone.localdate() + timedelta(days=60))
