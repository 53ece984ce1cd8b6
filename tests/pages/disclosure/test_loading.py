"""A county's catalogue and documents come from its folder."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from pages.disclosure.models import Catalogue, DisclosureIndexPage, DocumentPage, OrganPage
from tests.county import NANHUA, QINGSHAN


@pytest.fixture
def folder(tmp_path):
    """The small county with the real one's catalogue and notice, to spoil: its bureau has the letters of the notice."""
    folder = shutil.copytree(QINGSHAN, tmp_path / "county")
    for name in ("catalogue.csv", "notice_2019_11.txt"):
        shutil.copy(NANHUA / name, folder)
    text = (folder / "county.toml").read_text(encoding="utf-8")
    text = text.replace('slug = "bureau"\n', 'slug = "bureau"\ndisclosure_letters = "nhx-"\n')
    text += '\n[disclosure]\ncatalogue = "catalogue.csv"\nnotices = ["notice_2019_11.txt"]\n'
    (folder / "county.toml").write_text(text, encoding="utf-8")
    return folder


def load(folder):
    call_command("load_county", str(folder), verbosity=0)


def test_loading_twice_brings_everything_once(db):
    load(NANHUA)
    load(NANHUA)
    assert [entry.name for entry in Catalogue.objects.filter(parent__name="政府文件")] == [
        "县政府文件",
        "县政府办文件",
        "部门文件",
        "乡镇文件",
    ]
    assert OrganPage.objects.get().url == "/disclosure/nhx-/"
    assert DocumentPage.objects.get().url == "/disclosure/nhx-/2023-1027116/"


def test_another_county_needs_no_documents(db, client):
    load(QINGSHAN)
    assert DisclosureIndexPage.objects.get().url == "/disclosure/"
    assert not OrganPage.objects.exists()
    assert client.get("/disclosure/").status_code == 200


def test_another_county_has_its_own_letters_and_catalogue(folder, db, client):
    text = (folder / "county.toml").read_text(encoding="utf-8")
    (folder / "county.toml").write_text(text.replace("nhx-", "qsx-").replace("notice_2019_11", "new"), encoding="utf-8")
    (folder / "catalogue.csv").write_text("name,parent,slug\n文件,,\n", encoding="utf-8")
    header = "索引号:qsx-/2025-0101001 公文目录:文件 发文机关:青山县文旅局 标题:某通知 发布日期:2025-01-01"
    (folder / "new.txt").write_text(f"{header}\n\n内容。\n\n2025年1月1日\n(此件公开发布)\n", encoding="utf-8")
    load(folder)
    assert client.get("/disclosure/qsx-/2025-0101001/").status_code == 200
    assert Catalogue.objects.get().slug == "wenjian"


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("catalogue.csv", "name,parent,slug\n政府文件,,\n,政府文件,\n", r"catalogue\.csv:3"),
        ("catalogue.csv", "name,parent,slug\n部门文件,没有,\n", r"catalogue\.csv:2"),
        ("catalogue.csv", "title\n政府文件\n", r"catalogue\.csv:2"),
        ("notice_2019_11.txt", "", r"notice_2019_11\.txt"),
    ],
)
def test_a_malformed_file_is_named_and_nothing_changes(db, folder, file, content, said):
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        load(folder)
    assert not Catalogue.objects.exists()
    assert not DisclosureIndexPage.objects.exists()


def test_a_missing_notice_is_named(db, folder):
    (folder / "notice_2019_11.txt").unlink()
    with pytest.raises(CommandError, match=r"notice_2019_11\.txt"):
        load(folder)


def test_entries_that_sound_the_same_or_have_a_bad_address_are_named(db, folder):
    (folder / "catalogue.csv").write_text("name,parent,slug\n甲,,same\n乙,,same\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"catalogue\.csv:3"):
        load(folder)
