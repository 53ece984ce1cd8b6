import datetime

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model

from accounts.models import User
from search.models import ExtractedText, MissedSearch

REPORTS = ["missed_searches", "missed_searches_results", "unread_files", "unread_files_results"]


@pytest.fixture
def editor(db):
    user = User.objects.create_user(username="e", email="e@example.org", password="x")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def test_searches_in_vain_are_added_up(client, editor):
    today = timezone.localdate()
    for text, days, times in [("旧书", 0, 2), ("旧书", 3, 3), ("琴房", 1, 4), ("很久以前", 200, 9)]:
        MissedSearch.objects.create(text=text, day=today - datetime.timedelta(days=days), times=times)
    client.force_login(editor)
    rows = client.get(reverse("missed_searches")).context["object_list"]
    assert [(row["text"], row["total"]) for row in rows] == [("旧书", 5), ("琴房", 4)]


def test_broken_files_are_listed_with_the_reason(client, editor):
    document = get_document_model().objects.create(title="坏文件", file=ContentFile(b"x", name="x.pdf"))
    ExtractedText.objects.create(document=document, file_name="x.pdf", state="broken", problem="EOF marker not found")
    client.force_login(editor)
    html = client.get(reverse("unread_files")).content.decode()
    assert "坏文件" in html
    assert "EOF marker not found" in html


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_for_those_who_write_pages(client, editor, name):
    url = reverse(name)
    assert client.get(url).status_code == 302  # to the sign-in
    client.force_login(editor)
    assert client.get(url).status_code == 200
    assert client.get(url, {"export": "csv"}).status_code == 200
    other = User.objects.create_user(username="o", email="o@example.org", password="x")
    client.force_login(other)
    assert client.get(url).status_code in (302, 403)
    editor.groups.clear()
    editor.groups.add(Group.objects.create(name="others"))
    client.force_login(editor)
    assert client.get(url).status_code in (302, 403)
