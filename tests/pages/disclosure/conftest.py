import pytest
from wagtail.models import Site

from common.county import County
from network.models import Office
from pages.disclosure.loading import load_catalogue, load_index, load_organs
from pages.disclosure.models import Catalogue, DocumentPage, OrganPage
from pages.disclosure.services import editor_groups_ensure
from tests.county import NANHUA

NOTICE = NANHUA / "notice_2019_11.txt"


@pytest.fixture
def office(db):
    return Office.objects.create(
        name="南华县人民政府办公室",
        short_name="南华县政府办",
        kind=Office.Kind.COUNTY_OFFICE,
        slug="county-government-office",
        disclosure_letters="nhx-",
        organ_code="南政办通",
    )


@pytest.fixture
def organ(office):
    """The office's page below a catalogue page, with the county's catalogue tree; no documents yet."""
    Site.clear_site_root_paths_cache()
    county = County(NANHUA)
    load_catalogue(county)
    load_organs(load_index(county))
    editor_groups_ensure()
    return OrganPage.objects.get()


@pytest.fixture
def make_document(organ):
    """A function that adds a document to the organ; public and published unless told otherwise."""

    def make(**fields):
        defaults = {
            "title": "关于做好农家书屋管理工作的通知",
            "catalogue": Catalogue.objects.get(name="政府文件"),
            "issuer": organ.office,
            "decision": "open",
            "decision_basis": "(此件公开发布)",
        }
        page = DocumentPage(**defaults | {"live": fields.pop("live", True)} | fields)
        return organ.add_child(instance=page)

    return make


def notice(**header):
    """A short page saved as text, in UTF-8; keyword arguments replace parts of it, "" leaves them out."""
    parts = {
        "index_number": "nhx-/2024-0301001",
        "catalogue": "政府文件",
        "issuer": "南华县政府办",
        "made_on": "2024年03月01日",
        "document_number": "南政办通〔2024〕3号",
        "title": "关于做好农家书屋管理工作的通知",
        "published_on": "2024年03月05日",
        "remark": "(此件公开发布)",
        "body": "一、总体要求\n\n各乡镇要高度重视。",
    } | header
    return (
        f"索\xa0引\xa0号:{parts['index_number']} 公文目录:{parts['catalogue']} 发文机关:{parts['issuer']} "
        f"成文日期:{parts['made_on']} 发文字号:{parts['document_number']} 主题词: 标\u3000题:{parts['title']} "
        f"发布日期:{parts['published_on']}\n\n{parts['document_number']}\n\n各乡镇人民政府:\n\n{parts['body']}\n\n"
        f"2024年3月1日\n\n{parts['remark']}\n"
    ).encode()
