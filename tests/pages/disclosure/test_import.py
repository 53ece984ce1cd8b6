"""manage.py import_notice FILE: the real notice, and files that are wrong in one way each."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils.html import strip_tags

from common.workdays import workdays_between
from pages.disclosure.models import Catalogue, DocumentPage, IndexNumber
from pages.disclosure.parsing import NoticeError, squash
from pages.disclosure.services import notice_import

from .conftest import NOTICE, notice


def run(file):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_notice", str(file), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def nothing_imported():
    return not DocumentPage.objects.exists() and not IndexNumber.objects.exists()


def text_of(body):
    return "".join(
        block.value["text"] if block.block_type == "heading" else strip_tags(block.value.source) for block in body
    )


def test_the_real_notice_is_published_under_its_number(organ, client):
    out, err = run(NOTICE)
    page = DocumentPage.objects.get()
    assert page.live
    assert page.url == "/disclosure/nhx-/2023-1027116/"
    assert str(page.index_number) == "nhx-/2023-1027116"
    assert "nhx-/2023-1027116" in out
    assert "2019-06-04" in err
    assert "南政办通〔2019〕11号" in err


def test_the_real_notice_has_its_fields(organ):
    page = notice_import(raw=NOTICE.read_bytes()).page
    assert page.issuer == organ.office
    assert page.catalogue.name == "政府文件"
    assert (page.made_on, page.published_on) == (datetime.date(2019, 6, 4), datetime.date(2019, 6, 26))
    assert (page.decision, page.decision_basis) == ("open", "(此件公开发布)")
    assert page.bases.get().issuer_names[3] == "楚雄彝族自治州财政局"
    assert page.annexes.get().title == "南华县公共图书馆文化馆总分馆制建设实施方案"


def test_every_sentence_is_in_the_database(organ):
    notice_import(raw=NOTICE.read_bytes())
    page = DocumentPage.objects.get()
    annex = page.annexes.get()
    kept = [page.title, page.document_number, page.paper_title, page.addressees, text_of(page.body)]
    kept += ["2019年6月4日", page.remark, annex.title, text_of(annex.body)]
    below_header = NOTICE.read_text(encoding="utf-8").split("发布日期:2019年06月26日", 1)[1]
    assert squash("".join(kept)).replace("&amp;", "&") == squash(below_header)


def test_importing_again_changes_nothing(organ):
    run(NOTICE)
    page = DocumentPage.objects.get()
    page.title = "编辑改过的标题"
    page.save_revision().publish()
    out, _err = run(NOTICE)
    assert "already there" in out or "已有" in out
    assert DocumentPage.objects.get().title == "编辑改过的标题"


@pytest.mark.parametrize("remark", ["", "(此件依申请公开)", "(此件不予公开)"])
def test_without_the_remark_nothing_is_published(organ, remark, tmp_path, client):
    file = tmp_path / "notice.txt"
    file.write_bytes(notice(remark=remark))
    out, err = run(file)
    page = DocumentPage.objects.get()
    assert not page.live
    assert "draft" in out or "草稿" in out
    assert err
    assert client.get(page.url).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "没有页头的文字。".encode(),
        notice(title=""),
        notice(index_number="abc-/2024-0301001"),
        notice(catalogue="没有这个目录"),
    ],
    ids=["empty", "binary", "no header", "no title", "unknown letters", "unknown catalogue"],
)
def test_a_file_that_cannot_be_imported_leaves_nothing(organ, content, tmp_path):
    file = tmp_path / "notice.txt"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"notice\.txt"):
        run(file)
    assert nothing_imported()


def test_a_folder_and_a_missing_file(organ, tmp_path):
    with pytest.raises(CommandError):
        run(tmp_path)
    with pytest.raises(CommandError):
        run(tmp_path / "nowhere.txt")
    assert nothing_imported()


def test_gbk_and_byte_order_mark(organ):
    raw = notice().decode().replace("\xa0", " ")
    assert notice_import(raw=raw.encode("gbk")).created
    assert not notice_import(raw=raw.encode("utf-8-sig")).created


def test_a_document_number_is_used_once(organ):
    notice_import(raw=notice())
    with pytest.raises(NoticeError, match="南政办通〔2024〕3号"):
        notice_import(raw=notice(index_number="nhx-/2024-0301002"))
    assert DocumentPage.objects.count() == 1
    assert IndexNumber.objects.count() == 1


def test_a_number_whose_document_was_deleted_is_not_filled_again(organ):
    notice_import(raw=notice()).page.delete()
    with pytest.raises(NoticeError, match="2024-0301001"):
        notice_import(raw=notice())


def test_late_publication_is_named(organ):
    assert workdays_between(datetime.date(2019, 6, 4), datetime.date(2019, 6, 26)) == 15
    assert not any("20" in warning and "26)" in warning for warning in notice_import(raw=NOTICE.read_bytes()).warnings)
    late = notice_import(raw=notice(published_on="2024年06月05日"))
    assert any("条例" in warning for warning in late.warnings)


def test_an_unknown_issuer_is_named(organ):
    imported = notice_import(raw=notice(issuer="某某局"))
    assert imported.page.issuer == organ.office
    assert any("某某局" in warning for warning in imported.warnings)


def test_an_empty_catalogue_field_is_named_and_the_document_stays_a_draft(organ):
    imported = notice_import(raw=notice(catalogue=""))
    assert imported.page.catalogue is None
    assert not imported.page.live
    assert Catalogue.objects.count() == 8
