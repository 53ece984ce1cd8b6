"""An acceptance in real browsers, by the people whose turn it is: reports, self-checks, pre-acceptance with one item to
put right, the superior's decision; then the dossier, opened. It holds what a township and two villages handed in.

After the other tests of the programme (by its name, and on the same site by its group): an accepted one takes no
evidence. Alone, it takes the township and its villages through first.
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
from .test_programme import BRANCH, ITEMS, SIGNAGE, VILLAGES, Officials, township_and_villages

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
    found = Officials(browser, site)
    if not all(
        "已确认" in found.cell("bureau", place, SIGNAGE).get_attribute("title") for place in (BRANCH, *VILLAGES)
    ):
        township_and_villages(found)
    return found


def without_the_sample(people):
    """The sample acceptance makes way: an administrator cancels it, and its task leaves the township's inbox."""
    page = people.open("bureau", HOME)
    sample = re.search(r"YS\d{4}-\d{4}", page.inner_text("table"))[0]
    assert "ZG" in people.open("township", "/admin/work/?tab=office").inner_text("main")
    page = people.open("admin", f"/admin/work/cases/{sample}/cancel/")
    page.fill("[name=reason]", "示例让位于正式验收")
    page.click("main form button.button")
    page.wait_for_load_state()
    assert page.locator(".work-state.cancelled").count() == 1
    assert "ZG" not in people.open("township", "/admin/work/?tab=office").inner_text("main")


def reports(people, number):
    """The library's report was handed in with the sample and stands as its milestone's evidence: it is not uploaded
    again. The cultural centre withdraws its own and hands another in here, the milestone's evidence at once."""
    people.do("library", number, "hand_in", text="两年来的建设总结。", shot="acceptance-report-stands")
    page = people.open("culture", "/admin/programme/list/?item=summary")
    page.click("table a:has-text('总结经验报告')")
    page.wait_for_load_state()
    milestone = page.url
    page.click("a:has-text('撤回')")
    page.fill("[name=reason]", "换成正式报告")
    page.click("main form button.button")
    page.wait_for_load_state()
    people.do("culture", number, "hand_in", text="两年来的建设总结。", paper=PAPER, shot="acceptance-report-new")
    page.goto(milestone)
    assert f"随验收 {number} 提交" in page.inner_text(".work-case")


@pytest.mark.xdist_group("programme")
def test_an_acceptance_from_its_start_to_the_dossier(people, site):
    without_the_sample(people)
    number = start(people)
    reports(people, number)
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
    for place in (BRANCH, *VILLAGES):
        check_evidence(archive, index, place)
    reports = [line for line in index if line["条款"] == "R39" and line["档案内文件"]]
    assert len(reports) == 2  # one of each head institution, uploaded once
    assert not any("缺失" in line["备注"] for line in index)
    packed = [line for line in index if line["档案内文件"]]
    for line in packed[:5]:
        assert hashlib.sha256(archive.read(line["档案内文件"])).hexdigest() == line["SHA-256"]
    pdf = pypdf.PdfReader(io.BytesIO(archive.read("验收档案.pdf")))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    said = ("基本合格，整改一项。", "补齐一个服务点的挂牌照片", "楚文旅验〔2020〕3号", "本县暂定")
    for words in ("验收档案", "示例数据", "全域覆盖", "运转规范", "服务高效", number, item, *said, *VILLAGES):
        assert words in text, words


def check_evidence(archive, index, place):
    """What was handed in at a place and confirmed lies in the archive, in the folders of its clauses."""
    for name in ITEMS:
        lines = [line for line in index if line["任务事项"] == name and place in line["地点"]]
        assert {line["情况"] for line in lines} == {"已确认完成"}, (place, name)
        files = [line["档案内文件"] for line in lines]
        assert any(path.startswith(f"{lines[0]['条款']}_") and "/龙川镇/" in path for path in files), files
        assert all(archive.getinfo(path).file_size for path in files)
