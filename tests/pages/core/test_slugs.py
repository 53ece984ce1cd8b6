import pytest
from wagtail.models import Page

from pages.core.models import StandardPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return Page.get_first_root_node()


def test_a_chinese_title_becomes_a_pinyin_address(root):
    page = root.add_child(instance=StandardPage(title="隐私声明"))
    assert page.slug == "yinsishengming"


def test_the_second_page_of_one_title_gets_another_address(root):
    first, second = (root.add_child(instance=StandardPage(title="通知")) for _ in range(2))
    assert (first.slug, second.slug) == ("tongzhi", "tongzhi-2")


def test_the_editor_may_leave_the_address_empty(root):
    form_class = StandardPage.get_edit_handler().get_form_class()
    page = StandardPage(title="")
    data = {
        "title": "无障碍声明",
        "slug": "",
        "body-count": "0",
        "introduction": "",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    form = form_class(data, instance=page, parent_page=root, for_user=None)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["slug"] == "wuzhangaishengming"


def test_what_a_script_made_of_half_a_title_is_no_address(root):
    form_class = StandardPage.get_edit_handler().get_form_class()
    data = {"title": "第11届读书节", "slug": "11", "body-count": "0", "introduction": ""}
    data |= {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    form = form_class(data, instance=StandardPage(title=""), parent_page=root, for_user=None)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["slug"] not in ("11", "")
