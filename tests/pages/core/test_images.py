"""A picture has a description (WCAG 1.1.1), on every way into the site."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from wagtail.images.forms import get_image_form

from pages.core.models import SiteImage

pytestmark = pytest.mark.django_db


def picture() -> SimpleUploadedFile:
    buffer = BytesIO()
    Pillow.new("RGB", (40, 30), "#1d5a4b").save(buffer, "PNG")
    return SimpleUploadedFile("ma-tou-qin.png", buffer.getvalue(), "image/png")


def test_the_form_requires_a_description():
    form = get_image_form(SiteImage)({"title": "月琴", "description": ""}, {"file": picture()})
    assert "description" in form.errors


def test_a_single_upload_without_description_is_refused(admin_client):
    response = admin_client.post("/admin/images/add/", {"title": "月琴", "file": picture(), "description": ""})
    assert response.status_code == 200
    assert not SiteImage.objects.exists()


def test_a_single_upload_with_description_is_kept(admin_client):
    data = {"title": "月琴", "file": picture(), "description": "一把八角月琴放在木桌上", "caption": "2026 年，县文化馆"}
    assert admin_client.post("/admin/images/add/", data).status_code == 302
    assert SiteImage.objects.get().description == "一把八角月琴放在木桌上"


def test_an_upload_of_several_waits_for_the_descriptions(admin_client):
    response = admin_client.post(
        "/admin/images/multiple/add/",
        {"title": "月琴", "files[]": picture()},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert response.status_code == 200
    assert not SiteImage.objects.exists()
    waiting = response.json()["uploaded_file_id"]
    path = f"/admin/images/multiple/create_from_uploaded_image/{waiting}/"
    name = f"uploaded-image-{waiting}"
    ajax = {"X-Requested-With": "XMLHttpRequest"}
    refused = admin_client.post(path, {f"{name}-title": "月琴", f"{name}-description": ""}, headers=ajax)
    assert not refused.json()["success"]
    kept = admin_client.post(path, {f"{name}-title": "月琴", f"{name}-description": "一把八角月琴"}, headers=ajax)
    assert kept.json()["success"]
    assert SiteImage.objects.get().description == "一把八角月琴"
