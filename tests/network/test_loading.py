import re
import shutil

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from network.models import Division, NetworkSettings, Office, Post, UnifiedItem, Venue
from tests.county import NANHUA, QINGSHAN, load_network

pytestmark = pytest.mark.django_db
Tier = Venue.Tier


def everything():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Division, Office, Venue, Post, UnifiedItem, NetworkSettings, ModelLogEntry)
    }


@pytest.fixture
def folder(tmp_path):
    """A copy of the invented county to spoil."""
    return shutil.copytree(QINGSHAN, tmp_path / "county")


def test_nanhua_is_two_heads_ten_branches_and_128_points():
    load_network(NANHUA)
    assert Venue.objects.filter(tier=Tier.HEAD).count() == 2
    assert Venue.objects.filter(tier=Tier.BRANCH, library=True, culture=True).count() == 10
    assert Venue.objects.filter(tier=Tier.POINT).count() == 128
    assert not Venue.objects.exclude(status=Venue.Status.OPEN).exists()


@pytest.mark.parametrize(
    "plaque",
    [
        "南华县图书馆总馆",
        "南华县文化馆总馆",
        "南华县图书馆和文化馆龙川镇分馆",
        "南华县图书馆和文化馆雨露白族乡分馆",
        "南华县图书馆和文化馆五顶山乡分馆",
        "南华县龙川镇龙泉社区文化服务点",
        "南华县龙川镇白衣村文化服务点",
        "南华县五街镇中村文化服务点",
        "南华县兔街镇小村文化服务点",
        "南华县雨露白族乡大村文化服务点",
        "南华县五顶山乡新村文化服务点",
    ],
)
def test_plaques_are_word_for_word(plaque, nanhua):
    venue = Venue.objects.get(plaque=plaque)
    assert not venue.plaque_is_local


def test_no_plaque_doubles_the_word_village(nanhua):
    assert not Venue.objects.filter(plaque__contains="村村").exists()


def test_addresses_are_pinyin_without_the_unit(nanhua):
    townships = Division.objects.filter(level="township").values_list("slug", flat=True)
    assert set(townships) == {
        *("longchuan", "shaqiao", "wujie", "hongtupo", "majie", "tujie", "yulu", "yijie", "luowuzhuang", "wudingshan")
    }
    assert Division.objects.get(name="长梁子村民委员会").slug == "changliangzi"  # the county's data overrides pinyin
    assert Venue.objects.get(plaque="南华县五街镇中村文化服务点").slug == "zhongcun"


def test_every_point_belongs_to_its_townships_branch(nanhua):
    for point in Venue.objects.filter(tier=Tier.POINT).select_related("parent", "division"):
        assert point.parent.tier == Tier.BRANCH
        assert point.parent.division_id == point.division.parent_id


def test_posts_follow_the_three_tiers(nanhua):
    def titles(tier):
        return sorted(set(Post.objects.filter(venue__tier=tier).values_list("title", "ex_officio")))

    assert titles(Tier.HEAD) == [("head_director", "county_director")]
    assert titles(Tier.BRANCH) == [
        ("branch_head", "centre_director"),
        ("branch_staff", "centre_staff"),
        ("liaison", ""),
    ]
    assert titles(Tier.POINT) == [("point_staff", "village_instructor")]
    assert Post.objects.filter(venue__isnull=False).count() == 2 + 3 * 10 + 128
    assert not Post.objects.filter(full_time=False).exclude(title=Post.Title.LIAISON).exists()  # R99, R100


def test_six_items_each_and_offices(nanhua):
    assert UnifiedItem.objects.count() == 6 * 140
    assert not UnifiedItem.objects.exclude(state="no").exists()
    office = Office.objects.get(kind="county_office")
    assert (office.short_name, office.disclosure_letters, office.organ_code) == ("南华县政府办", "nhx-", "南政办通")
    assert Office.objects.filter(kind="township").count() == 10
    assert Office.objects.get(kind="bureau").posts.count() == 1
    assert not Post.objects.filter(office__kind="superior").exists()


def test_population_comes_with_its_year(nanhua):
    township = Division.objects.get(code="532324101")
    assert (township.population, township.population_year) == (84955, 2020)


def test_loading_again_changes_nothing(nanhua):
    before = everything()
    load_network(NANHUA)
    assert everything() == before


def test_loading_again_keeps_what_officials_changed_and_adds_what_is_missing():
    load_network()
    branch = Venue.objects.get(division__name="青石镇", tier=Tier.BRANCH)
    Venue.objects.filter(pk=branch.pk).update(name="改了名", plaque="改了牌", slug="gai", status="suspended")
    Office.objects.filter(slug="bureau").update(name="改名局")
    NetworkSettings.objects.update(hours_head=60)
    point = Venue.objects.filter(division__name="上村村民委员会").get()
    point.posts.all().delete()
    point.delete()
    load_network()
    branch.refresh_from_db()
    assert (branch.name, branch.plaque, branch.slug, branch.status) == ("改了名", "改了牌", "gai", "suspended")
    assert Office.objects.get(slug="bureau").name == "改名局"
    assert NetworkSettings.load().hours_head == 60
    assert Venue.objects.filter(division__name="上村村民委员会").count() == 1
    assert Venue.objects.count() == 9


def test_another_county_needs_no_code():
    load_network()
    assert set(Venue.objects.values_list("plaque", "slug")) == {
        ("青山县图书馆（总馆）", "qingshan-library"),
        ("青山县文化馆（总馆）", "qingshan-culture"),
        ("青山县文化分馆·青石镇", "qingshi"),
        ("青山县文化分馆·云水苗族乡", "yunshui"),
        ("青石镇东门社区书香驿站", "dongmen"),
        ("青石镇中村书香驿站", "zhongcun"),
        ("青石镇钟村书香驿站", "zhongcun-2"),  # sounds the same, in the same township
        ("云水苗族乡上村书香驿站", "shangcun"),
        ("云水苗族乡渡河村书香驿站", "duhe"),
    }
    assert NetworkSettings.load().hours_branch == 40


def test_a_point_is_not_loaded_as_open_under_a_branch_in_preparation():
    load_network()  # the file says "open" for points, "preparing" for branches
    assert set(Venue.objects.filter(tier=Tier.POINT).values_list("status", flat=True)) == {"planned"}


def test_no_name_of_one_county_stands_in_the_code():
    for file in (NANHUA.parents[1] / "network").rglob("*.py"):
        if "migrations" not in file.parts:
            assert not re.search("南华|532324", file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace("990101101201,中村", "99010110120x,中村"), "divisions.csv:6:"),
        (lambda text: text.replace(",village,990101102\n", ",hamlet,990101102\n", 1), "divisions.csv:9:"),
        (
            lambda text: text.replace("上村村民委员会,village,990101102", "上村村民委员会,village,990101109"),
            "divisions.csv:9:",
        ),
        (lambda text: text.replace("990101102001", "990101101001"), "code 990101101001 stands already on line 5"),
        (lambda text: text.replace("中村村民委员会", ""), "divisions.csv:6: “name” is empty"),
        (lambda text: text.replace(",village,990101102\n", "\n", 1), "divisions.csv:9: 2 cells"),
        (lambda text: text.replace("code,name,level", "code,nom,level"), "the column “name” is missing"),
        (lambda text: text.replace("青石镇,township,990101", "青石镇,township,99"), "divisions.csv:4:"),
        (lambda text: text.replace("青石镇", "青" * 61), "divisions.csv:4:"),
        (lambda text: text.replace("青石镇", '"青石镇'), "divisions.csv:"),
        (lambda text: "", "divisions.csv:1: the file is empty"),
    ],
)
def test_a_malformed_file_names_its_line_and_changes_nothing(folder, spoil, message):
    file = folder / "divisions.csv"
    file.write_text(spoil(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        call_command("load_county", str(folder), verbosity=0)
    assert message in str(error.value)
    assert not Division.objects.exists()
    assert not Venue.objects.exists()


def test_a_file_that_is_not_utf_8_names_its_line(folder):
    text = (folder / "divisions.csv").read_text(encoding="utf-8")
    (folder / "divisions.csv").write_bytes(text.encode("gbk"))
    with pytest.raises(CommandError, match=r"divisions.csv:2: not UTF-8 text"):
        call_command("load_county", str(folder), verbosity=0)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text.replace('name = "青山县"', 'name = "青山县'), "county.toml:2"),
        (lambda text: text.replace('code = "990101"', 'code = "990102"'), "no county with code 990102"),
        (lambda text: text.replace('point = "{township}{place}', 'point = "{village}'), "village"),
        (lambda text: text.replace('point = "{township}{place}书香驿站"', 'point = "同一块牌"'), "two venues"),
        (lambda text: text.replace('kind = "county_library"', 'kind = "school"'), "heads: kind school"),
        (lambda text: text.replace('kind = "bureau"', 'kind = "king"'), "青山县文化旅游局"),
        (lambda text: text.replace('branch = "preparing"', 'branch = "soon"'), "status.branch"),
        (
            lambda text: text.replace('township_centre = "{township}', 'township_centre = "{town}'),
            "names.township_centre",
        ),
        (lambda text: text.replace('name = "借阅"', ""), "“services” number 1 has no “name”"),
        (lambda text: text.replace("head = 50", 'head = "fifty"'), "hours.head"),
        (lambda text: text.replace('"divisions.csv"', '"nowhere.csv"'), "nowhere.csv"),
    ],
)
def test_a_malformed_county_file_is_explained(folder, spoil, message):
    file = folder / "county.toml"
    file.write_text(spoil(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        call_command("load_county", str(folder), verbosity=0)
    assert message in str(error.value)
    assert not Venue.objects.exists()


def test_a_folder_that_is_not_there_is_explained():
    with pytest.raises(CommandError, match="no such folder"):
        call_command("load_county", "nowhere", verbosity=0)


def test_loading_is_one_log_entry(nanhua):
    entry = ModelLogEntry.objects.get(action="network.county_load")
    assert entry.data == {"changes": {"venues": [0, 140]}}


def test_loading_asks_a_bounded_number_of_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        load_network(NANHUA)
