"""Addresses, numbers and places of documents."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from home.models import HomePage
from pages.core.models import StandardPage
from pages.disclosure.models import Catalogue, DisclosureIndexPage, DocumentPage, OrganPage
from pages.venues.models import VenueIndexPage


class PlacesOfPages(WagtailPageTestCase):
    """Documents lie below an organ, organs below the catalogue, nothing lies elsewhere."""

    def test_where_pages_may_lie(self):
        self.assertCanCreateAt(HomePage, DisclosureIndexPage)
        self.assertCanCreateAt(DisclosureIndexPage, OrganPage)
        self.assertCanCreateAt(OrganPage, DocumentPage)
        self.assertAllowedSubpageTypes(DisclosureIndexPage, {OrganPage})
        self.assertAllowedSubpageTypes(OrganPage, {DocumentPage})
        self.assertAllowedSubpageTypes(DocumentPage, set())

    def test_where_pages_may_not_lie(self):
        self.assertCanNotCreateAt(HomePage, DocumentPage)
        self.assertCanNotCreateAt(DisclosureIndexPage, DocumentPage)
        self.assertCanNotCreateAt(OrganPage, StandardPage)
        self.assertCanNotCreateAt(VenueIndexPage, DocumentPage)


def test_the_address_is_the_index_number(make_document):
    page = make_document()
    assert page.url == f"/disclosure/nhx-/{page.index_number.number}/"


@pytest.mark.parametrize("published", [True, False])
def test_the_address_does_not_change(make_document, published):
    page = make_document(live=published)
    page.slug = "2023-1027999"
    with pytest.raises(ValidationError):
        page.save()
    page.refresh_from_db()
    assert page.slug == page.index_number.number


def test_a_draft_with_another_address_is_not_published(make_document):
    page = make_document()
    page.slug = "other"
    with pytest.raises(ValidationError):
        page.save_revision()


def test_the_organs_address_does_not_change(organ):
    organ.slug = "other"
    with pytest.raises(ValidationError):
        organ.save()


def test_a_document_does_not_move_to_another_organ(make_document, organ):
    page = make_document()
    assert not page.can_move_to(Page.objects.get(pk=organ.pk))
    assert not organ.can_move_to(organ.get_parent())


def test_a_document_is_not_copied(make_document):
    page = make_document()
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        page.copy(update_attrs={"slug": "x"}, keep_live=False)
    assert DocumentPage.objects.count() == 1


def test_a_document_number_is_normalised_and_used_once(make_document):
    page = make_document(document_number="南政办通[2024] 3号")
    assert page.document_number == "南政办通〔2024〕3号"
    with pytest.raises(ValidationError, match="document_number"):
        make_document(document_number="南政办通〔2024〕3号")


def test_documents_without_number_do_not_clash(make_document):
    assert make_document().pk
    assert make_document(title="另一份").pk


def test_the_catalogue_is_a_tree_without_rings(organ):
    top, below = Catalogue.objects.get(name="政府文件"), Catalogue.objects.get(name="部门文件")
    top.parent = below
    with pytest.raises(ValidationError):
        top.full_clean()
    Catalogue.objects.filter(pk=below.pk).update(parent=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Catalogue.objects.filter(pk=below.pk).update(parent=below.pk)
