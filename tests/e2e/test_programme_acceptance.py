"""An acceptance in real browsers, by the people whose turn it is: reports, self-checks, pre-acceptance with one item to
put right, the superior's decision; then the dossier, opened.

After test_programme.py (by its name, and on the same site by its group): an accepted programme takes no evidence.
"""

import csv
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from tests.conftest import ROOT
from tests.workflows.world import PDF, picture

from .conftest import SCREENSHOTS, environment
from .test_programme import Officials

PAPER = {"name": "总结报告.pdf", "mimeType": "application/pdf", "buffer": PDF}
PHOTO = {"name": "整改照片.png", "mimeType": "image/png", "buffer": picture(kind="PNG")}
HOME = "/admin/programme/acceptance/"


def start(people):
    """The bureau starts it and says why; returns the case's number."""
    page = people.open("bureau", HOME)
    page.click("a[href*='/acceptance/start/']")
    page.fill("[name=why_now]", "按上级时间要求，边补录边验收。")
    page.screenshot(path=SCREENSHOTS / "acceptance-start.png", full_page=True)
    page.click("form[method=post] button.button:has-text('启动验收')")
    page.wait_for_url("**/work/cases/YS*/")
    return re.search(r"YS\d{4}-\d{4}", page.url)[0]


def rectify(people, number):
    """One item goes out to the township; returns the item's case."""
    page = people.open("bureau", f"{HOME}{number}/items/")
    page.fill("[name=text]", "补齐一个服务点的挂牌照片")
    page.fill("[name=clause]", "R31")
    page.select_option("[name=township]", label="龙川镇")
    page.fill("[name=due_on]", f"{timezone.localdate() + timedelta(days=10)}")
    page.click("button.button:has-text('列入清单')")
    page.wait_for_load_state()
    people.do("bureau", number, "rectify", opinion="基本合格，整改一项。")
    page = people.open("bureau", f"{HOME}{number}/items/")
    page.screenshot(path=SCREENSHOTS / "acceptance-list.png", full_page=True)
    return re.search(r"ZG\d{4}-\d{4}", page.inner_text("table"))[0]


def dossier(people, site):
    """Asked for on the screen, made by the worker, taken away."""
    page = people.open("bureau", f"{HOME}dossiers/")
    page.click("button.button:has-text('生成档案')")
    page.wait_for_load_state()
    assert page.locator("progress").count() == 1
    folder = site.mail.parent
    subprocess.run([sys.executable, "manage.py", "make_dossiers"], cwd=ROOT, env=environment(folder), check=True)
    page = people.open("bureau", f"{HOME}dossiers/")
    with page.expect_download() as found:
        page.click("a[href$='.zip']")
    page = people.open("bureau", f"{HOME}dossiers/")
    page.screenshot(path=SCREENSHOTS / "acceptance-dossiers.png", full_page=True)
    assert "局工作人员" in page.inner_text("h2:has-text('下载记录') + ul")
    return zipfile.ZipFile(found.value.path())


@pytest.fixture
def people(browser, site):
    return Officials(browser, site)


@pytest.mark.xdist_group("programme")
def test_an_acceptance_from_its_start_to_the_dossier(people, site):
    number = start(people)
    for name in ("library", "culture"):
        people.do(name, number, "hand_in", text="两年来的建设总结。", paper=PAPER)
    for name in ("library", "culture"):
        people.do(name, number, "hand_in", text="全域覆盖达标，六统一仍有差距。")
    item = rectify(people, number)
    assert "整改" in refused(people, number)
    today = f"{timezone.localdate()}"
    people.do("township", item, "answer", answer="已补拍并上传。", done_on=today, papers=PHOTO)
    people.do("library", item, "accept")
    people.do("bureau", number, "finish")
    said = {"organ": "楚雄州文化和旅游局", "document_number": "楚文旅验〔2020〕3号", "on": "2020-10-20"}
    page = people.do("bureau", number, "passed", shot="acceptance-superior", paper=PAPER, **said)
    assert page.locator(".work-state.done").count() == 1
    archive = dossier(people, site)
    check_archive(archive, number, item)
    page = people.open("bureau", f"{HOME}{number}/criteria/")
    page.screenshot(path=SCREENSHOTS / "acceptance-snapshots.png", full_page=True)
    assert page.locator(".snapshots thead th").count() == 7  # the figure's name and six decisions


def refused(people, number):
    """What the bureau reads when it would finish with an item open."""
    page = people.open("bureau", f"/admin/work/cases/{number}/")
    page.click("a.button:not(.button-secondary)[href*='/work/items/']")
    page.check("[name=decision][value=finish]")
    page.click("main form[enctype] button.button")
    page.wait_for_load_state()
    return page.inner_text(".help-critical")


def check_archive(archive, number, item):
    assert archive.testzip() is None
    names = archive.namelist()
    assert any(name.startswith(f"R41_验收/{number}") for name in names)
    assert any(name.startswith(f"R41_验收/{item}") for name in names)
    index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    signs = [line for line in index if line["条款"] == "R31" and line["乡镇"] == "沙桥镇"]
    assert any(line["文件名"].startswith("示例照片") and line["确认人"] for line in signs)
    packed = [line for line in index if line["档案内文件"]]
    for line in packed[:5]:
        assert hashlib.sha256(archive.read(line["档案内文件"])).hexdigest() == line["SHA-256"]
    pdf = pypdf.PdfReader(io.BytesIO(archive.read("验收档案.pdf")))
    text = "".join(page.extract_text() for page in pdf.pages[:6])
    for words in ("验收档案", "示例数据", "全域覆盖", number):
        assert words in text.replace("\n", "").replace(" ", ""), words
