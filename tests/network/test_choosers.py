"""The windows in which an appointment's person and post are chosen."""

import pytest
from django.contrib.auth.models import AnonymousUser

from network.admin.choosers import chooses, posts_to_fill
from network.models import Appointment, Office, Post
from network.permissions import appoints

pytestmark = pytest.mark.django_db
PERSONS, POSTS = "/admin/network_person_chooser/", "/admin/network_post_chooser/"


@pytest.fixture
def head(make_person, library):
    return make_person("馆员", at=library)


@pytest.fixture
def sign_in(client):
    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def test_who_chooses(qingshan, bureau, head, make_person, branch):
    others = [make_person("读者"), make_person("分馆人", at=branch), AnonymousUser()]
    assert [chooses(user) for user in (bureau, head, *others)] == [True, True, False, False, False]


@pytest.mark.parametrize("address", [PERSONS, PERSONS + "results/", PERSONS + "chosen/1/", POSTS, POSTS + "results/"])
def test_nobody_else_leafs_through_people_and_posts(sign_in, make_person, branch, address):
    assert sign_in(make_person("分馆人", at=branch)).get(address).status_code == 302


def test_the_posts_offered_are_those_one_may_fill(qingshan, head, bureau):
    for user in (head, bureau):
        allowed = {post.pk for post in Post.objects.select_related("venue", "office") if appoints(user, post)}
        assert set(posts_to_fill(user).values_list("pk", flat=True)) == allowed
    assert posts_to_fill(head).count() < Post.objects.count()


def test_people_are_found_by_name_or_whole_address_and_the_public_is_not_listed(sign_in, bureau, make_person, point):
    staff = make_person("段春兰", at=point)
    make_person("李读者", email="reader@example.org")
    make_person("李停用", is_active=False)
    client = sign_in(bureau)
    unasked = client.get(PERSONS + "results/").text
    assert "段春兰" in unasked
    assert str(staff.appointments.get().post) in unasked  # told apart by what they do
    assert "李读者" not in unasked
    assert "李读者" in client.get(PERSONS + "results/?q=读者").text
    assert "李读者" in client.get(PERSONS + "results/?q=READER@example.org").text
    assert "李读者" not in client.get(PERSONS + "results/?q=reader@example").text  # addresses are not to be guessed at
    assert "李停用" not in client.get(PERSONS + "results/?q=李").text


def test_vacant_posts_come_first_and_held_ones_are_found(sign_in, bureau, make_person, point):
    client, post = sign_in(bureau), point.posts.get()
    assert str(post) in client.get(POSTS + "results/?q=中村").text
    Appointment.objects.create(post=post, person=make_person("段春兰"), since="2026-01-01")
    assert "段春兰" not in client.get(POSTS + "results/").text
    assert "段春兰" in client.get(POSTS + "results/?q=中村 人员").text


@pytest.mark.parametrize("address", ["?q=%00", "?q=" + "长" * 200, "?multiple=1", "results/?p=1&q=😀"])
def test_odd_questions_get_an_answer(sign_in, bureau, address):
    for chooser in (PERSONS, POSTS):
        assert sign_in(bureau).get(chooser + address).status_code == 200


@pytest.mark.parametrize(
    "address", ["?p=0", "?p=x", "chosen/x/", "chosen/99999999999999999999/", "chosen/0/", "create/"]
)
def test_what_does_not_exist_is_not_found(sign_in, bureau, address):
    for chooser in (PERSONS, POSTS):
        assert sign_in(bureau).get(chooser + address).status_code == 404


@pytest.mark.parametrize("value", ["x", "-1", "99999999999999999999", "\x00", "0"])
def test_a_malformed_choice_comes_back_as_an_error(sign_in, bureau, value):
    data = {"post": value, "person": value, "since": "2026-11-01", "full_time": "on", "basis": "assigned"}
    response = sign_in(bureau).post("/admin/network/appointment/create/", data)
    assert response.status_code == 200
    assert {"post", "person"} <= set(response.context["form"].errors)


def test_the_lists_cost_the_same_however_long(sign_in, bureau, make_person, django_assert_max_num_queries):
    client, office = sign_in(bureau), Office.objects.first()
    for number in range(12):
        make_person(f"职员{number}", at=office)
    for chooser in (PERSONS, POSTS):
        client.get(chooser + "results/?q=员")
        with django_assert_max_num_queries(16):
            client.get(chooser + "results/?q=员")
