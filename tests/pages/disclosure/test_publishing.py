"""Nothing is published unless it is decided that the public may read it, and on what basis (R13), by whatever road."""

import datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import GroupApprovalTask, ModelLogEntry, PageLogEntry, Workflow, WorkflowPage, WorkflowTask

from accounts.models import User
from pages.disclosure.models import DocumentPage, PublicationRefusedError

UNDECIDED = {"decision": "", "decision_basis": ""}
WITHOUT_BASIS = {"decision": "open", "decision_basis": " "}
ON_REQUEST = {"decision": "on_request", "decision_basis": "条例第十三条"}
CLOSED = {"decision": "closed", "decision_basis": "条例第十四条"}
NOT_PUBLIC = [UNDECIDED, WITHOUT_BASIS, ON_REQUEST, CLOSED]


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser(username="admin", name="管理员", email="admin@example.org", password="x")


def live(page):
    return DocumentPage.objects.get(pk=page.pk).live


@pytest.mark.parametrize("decision", NOT_PUBLIC)
def test_a_revision_is_not_published(make_document, decision):
    page = make_document(live=False, **decision)
    with pytest.raises(PublicationRefusedError):
        page.save_revision(clean=False).publish()
    assert not live(page)


def test_an_open_document_with_its_basis_is_published(make_document):
    page = make_document(live=False)
    page.save_revision().publish()
    assert live(page)


def test_an_administrator_cannot_either(make_document, administrator):
    page = make_document(live=False, **UNDECIDED)
    with pytest.raises(PublicationRefusedError):
        page.save_revision(clean=False).publish(user=administrator)
    assert not live(page)


def test_wagtails_action_alone_is_refused_too(make_document, administrator):
    """The API runs the action without asking the page."""
    page = make_document(live=False, **UNDECIDED)
    revision = page.save_revision(clean=False)
    with pytest.raises(ValidationError):
        PublishPageRevisionAction(revision, user=administrator).execute()
    assert not live(page)


def test_saving_as_live_is_refused(make_document):
    page = make_document(live=False, **CLOSED)
    page.live = True
    with pytest.raises(ValidationError):
        page.save()
    with pytest.raises(ValidationError):
        make_document(title="另一份", live=True, **CLOSED)


def test_a_published_document_is_not_replaced_by_a_closed_draft(make_document):
    page = make_document()
    page.decision = "closed"
    with pytest.raises(PublicationRefusedError):
        page.save_revision(clean=False).publish()
    assert DocumentPage.objects.get().decision == "open"


def test_scheduling_is_refused(make_document):
    page = make_document(live=False, go_live_at=timezone.now() + datetime.timedelta(days=1), **UNDECIDED)
    revision = page.save_revision(clean=False)
    with pytest.raises(PublicationRefusedError):
        revision.publish()
    revision.refresh_from_db()
    assert revision.approved_go_live_at is None


def test_the_timer_skips_what_is_not_public_and_publishes_the_rest(make_document):
    refused = make_document(title="不能发", live=False, **UNDECIDED)
    allowed = make_document(title="能发", live=False)
    past = timezone.now() - datetime.timedelta(minutes=1)
    for minutes, page in enumerate([refused, allowed]):
        revision = page.save_revision(clean=False)
        revision.approved_go_live_at = past + datetime.timedelta(seconds=minutes)
        revision.save()
    call_command("publish_scheduled")
    assert not live(refused)
    assert live(allowed)
    refused.refresh_from_db()
    assert refused.latest_revision.approved_go_live_at is None
    entry = PageLogEntry.objects.get(page=refused.pk, action="wagtail.schedule.cancel")
    assert entry.data["reason"]


def test_a_scheduled_open_document_appears_with_the_day_it_appears(make_document):
    start = datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)
    with time_machine.travel(start):
        page = make_document(live=False, go_live_at=start + datetime.timedelta(days=3))
        page.save_revision().publish()
        assert not live(page)
    with time_machine.travel(start + datetime.timedelta(days=3, minutes=5)):
        call_command("publish_scheduled")
    page.refresh_from_db()
    assert page.live
    assert page.published_on == datetime.date(2026, 11, 23)


def workflow_for(organ):
    task = GroupApprovalTask.objects.create(name="审核")
    task.groups.add(Group.objects.get(name="bureau"))
    workflow = Workflow.objects.create(name="发布审核")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=organ)
    return workflow


def test_the_last_approval_of_a_workflow_publishes_only_what_is_open(make_document, organ, administrator, client):
    page = make_document(live=False, **UNDECIDED)
    page.save_revision(clean=False)
    state = workflow_for(organ).start(page, administrator)
    with pytest.raises(PublicationRefusedError):
        state.current_task_state.approve(user=administrator)
    assert not live(page)


def test_approving_in_the_back_office_is_answered_politely(make_document, organ, administrator, client):
    page = make_document(live=False, **UNDECIDED)
    page.save_revision(clean=False)
    state = workflow_for(organ).start(page, administrator)
    client.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    address = f"/admin/pages/workflow/action/{page.pk}/approve/{state.current_task_state.pk}/"
    response = client.post(address, follow=True)
    assert response.redirect_chain == [(f"/admin/pages/{page.pk}/edit/", 302)]
    said = [str(message) for message in response.context["messages"]]
    assert any(str(page.publication_problems()["decision"]) in text for text in said)
    assert not live(page)
    window = client.post(address, headers={"x-requested-with": "XMLHttpRequest"}).json()
    assert window["redirect"] == f"/admin/pages/{page.pk}/edit/"
    assert not live(page)


def test_publication_day_is_today_and_stays(make_document):
    page = make_document(live=False)
    with time_machine.travel(datetime.datetime(2026, 11, 20, 4, tzinfo=datetime.UTC)):
        page.save_revision().publish()
    with time_machine.travel(datetime.datetime(2026, 12, 1, 4, tzinfo=datetime.UTC)):
        page.save_revision().publish()
    page.refresh_from_db()
    assert page.published_on == datetime.date(2026, 11, 20)


def test_nothing_is_logged_as_published_when_refused(make_document):
    page = make_document(live=False, **UNDECIDED)
    with pytest.raises(PublicationRefusedError):
        page.save_revision(clean=False).publish()
    assert not PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").exists()
    assert not ModelLogEntry.objects.filter(action="wagtail.publish").exists()
