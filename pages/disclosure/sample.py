"""Invented documents, so that the facets have something to show. Every page of them says 示例数据."""

import datetime

from django.db import transaction

from common.report import Report
from network.models import Office

from .models import Catalogue, Decision, DocumentPage, IndexNumber, OrganPage
from .parsing import blocks
from .services import index_number_allot, stream

BASIS = "（此件公开发布）"
# kind of issuer, place among the catalogue's lower entries, day of entry, title, lines
DOCUMENTS = [
    (
        Office.Kind.BUREAU,
        2,
        datetime.date(2024, 1, 15),
        "关于春节期间公共文化场馆免费开放的通知（示例数据）",
        [
            "春节将至，为方便群众就近参加文化活动，现就有关事项通知如下。",
            "一、开放安排",
            "总馆、分馆春节期间照常免费开放，具体时间以各场馆页面公布为准。",
            "二、活动组织",
            "（一）阅读活动。各分馆至少组织一场亲子阅读。",
            "（二）群众文艺。各服务点结合本地节庆开展小型演出。",
            "三、安全要求",
            "各场馆要做好消防和人流疏导，发现隐患立即整改。",
        ],
    ),
    (
        Office.Kind.BUREAU,
        2,
        datetime.date(2025, 3, 10),
        "年度业务骨干培训计划（示例数据）",
        [
            "一、培训对象",
            "分馆工作人员和服务点管理人员。",
            "二、培训内容",
            "（一）图书流通。借阅、通借通还和清点。",
            "（二）活动策划。阅读推广、艺术普及和志愿服务。",
            "三、时间安排",
            "每季度一期，每期三天，由总馆组织。",
        ],
    ),
    (
        Office.Kind.TOWNSHIP,
        3,
        datetime.date(2025, 9, 22),
        "关于调整农家书屋管理员的通报（示例数据）",
        ["因人员变动，对部分农家书屋管理员作了调整。", "各村要办好交接，保证书屋按时开放。"],
    ),
]


@transaction.atomic
def load(report: Report) -> None:
    """Add the documents that are missing, on the first organ's page."""
    organ = OrganPage.objects.select_related("office").first()
    entries = list(Catalogue.objects.exclude(parent=None) or Catalogue.objects.all())
    if organ is None or not entries or DocumentPage.objects.filter(is_sample=True).exists():
        return
    for serial, (kind, place, day, title, lines) in enumerate(DOCUMENTS, 1):
        page = DocumentPage(
            live=False,
            is_sample=True,
            index_number=index_number_allot(office=organ.office, day=day),
            title=title,
            catalogue=entries[min(place, len(entries) - 1)],
            issuer=Office.objects.filter(kind=kind).first() or organ.office,
            made_on=day - datetime.timedelta(5),
            published_on=day,
            document_number=f"示例〔{day.year}〕{serial}号",
            remark=BASIS,
            decision=Decision.OPEN,
            decision_basis=BASIS,
            body=stream(blocks(lines)),
        )
        organ.add_child(instance=page)
        page.save_revision(clean=False).publish()
    report.step(f"disclosure: {len(DOCUMENTS)} sample documents")


@transaction.atomic
def remove(report: Report) -> None:
    """Take the sample documents away, with their numbers: nobody relied on them."""
    pages = DocumentPage.objects.filter(is_sample=True)
    numbers = list(pages.values_list("index_number", flat=True))
    for page in pages:
        page.delete()
    IndexNumber.objects.filter(pk__in=numbers).delete()
    report.step(f"disclosure: {len(numbers)} sample documents removed")
