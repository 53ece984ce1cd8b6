"""Plain registers, and the six unified items."""

import pytest
from wagtail.models import ModelLogEntry

from network import services
from network.models import AccessibilityFeature, Division, Office, Post, Service, UnifiedItem, Venue

from .steps import TODAY, errors, log_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


def test_a_record_is_added_changed_and_deleted_with_its_log(bureau, qingshan):
    office = Office(name="青山县财政局", short_name="县财政局", kind="other", slug="finance")
    services.record_save(record=office, by=bureau)
    office.short_name = "财政局"
    services.record_save(record=office, by=bureau)
    services.record_save(record=office, by=bureau)
    created, edited = log_of(office)
    assert created.action == "network.create"
    assert edited.data == {"changes": {"short_name": ["县财政局", "财政局"]}}
    services.record_delete(record=office, by=bureau)
    assert not Office.objects.filter(slug="finance").exists()
    assert ModelLogEntry.objects.filter(action="network.delete", label="青山县财政局").exists()


def test_a_malformed_record_is_refused(qingshan):
    division = Division.objects.get(name="青石镇")
    division.parent = Division.objects.get(name="云水苗族乡")
    assert "parent" in errors(lambda: services.record_save(record=division, by=None))
    assert "slug" in errors(lambda: services.record_save(record=Service(name="x", slug="lending"), by=None))


def test_what_history_hangs_on_is_not_deleted(branch, make_person):
    lending = Service.objects.get()
    branch.services.add(lending)
    ramp = AccessibilityFeature.objects.create(slug="ramp", name="坡道")
    make_person(at=branch)
    for record in (lending, branch.division, Office.objects.first(), Post.objects.get(appointments__isnull=False)):
        assert errors(lambda record=record: services.record_delete(record=record, by=None))
        assert type(record).objects.filter(pk=record.pk).exists()
    assert not ModelLogEntry.objects.filter(action="network.delete").exists()
    services.record_delete(record=ramp, by=None)


def test_an_item_counts_only_with_evidence(branch, bureau):
    items = list(branch.unified_items.all())
    services.unified_item_set(item=items[0], state="yes", evidence="照片", by=bureau)
    services.unified_item_set(item=items[1], state="partly", evidence="清单", by=bureau)
    services.unified_item_set(item=items[2], state="yes", evidence="  ", by=bureau)
    assert branch.score == 1.5
    assert Venue.objects.with_score().get(pk=branch.pk).unified_score == 1.5
    assert Venue.objects.with_score().exclude(pk=branch.pk).first().unified_score == 0
    item = UnifiedItem.objects.get(pk=items[0].pk)
    assert (item.checked_by, item.checked_on) == (bureau, TODAY)
    assert log_of(branch)[0].message == "核验六统一：六统一：统一标识: 尚未 → 统一标识: 是 照片"


def test_an_unchanged_item_is_not_logged(branch, bureau):
    item = branch.unified_items.first()
    services.unified_item_set(item=item, state="no", evidence="", by=bureau)
    assert log_of(branch) == []
    assert "state" in errors(lambda: services.unified_item_set(item=item, state="maybe", evidence="x", by=bureau))
