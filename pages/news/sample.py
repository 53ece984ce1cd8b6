"""A few invented pieces of news, each marked as sample data wherever a person sees it."""

from datetime import timedelta

from django.utils import timezone

from common.report import Report
from pages.venues.models import VenuePage

from .models import NewsPage

# Days ago, title, introduction, paragraphs. Invented: nothing of this happened.
PIECES = [
    (
        2,
        "流动书车本周进村，借书不用下山",
        "书车带着八百册新书，每到一村停两个小时，办证、借书、还书一次完成。",
        [
            "书车上午到，下午走。带身份证就能办证，老人可以请家里人代办。",
            "还书不分地方：在村里借的书，可以还到乡镇分馆或县图书馆。",
        ],
    ),
    (
        5,
        "老年书法班开课，报名两天就满",
        "每周三上午在二楼教室，笔墨纸由分馆准备，零基础也能跟上。",
        ["老师从握笔讲起，一节课只练三个字。", "没有报上名的可以登记候补，春季再开一班。"],
    ),
    (
        13,
        "村级文化辅导员秋季培训结业",
        "三天培训讲了农家书屋管理、活动组织和长者服务。",
        ["学员回村后要办一场读书活动作为作业，总馆老师到场指导。"],
    ),
]


def load(report: Report) -> None:
    """Publish the pieces below the first branches' pages; nothing where they are there already."""
    if NewsPage.objects.filter(is_sample=True).exists():
        return
    parents = VenuePage.objects.filter(venue__tier="branch").order_by("path")[: len(PIECES)]
    for parent, (days_ago, title, introduction, paragraphs) in zip(parents, PIECES, strict=False):
        page = NewsPage(
            title=title,
            introduction=introduction,
            date=timezone.localdate() - timedelta(days=days_ago),
            body=[("paragraph", f"<p>{text}</p>") for text in paragraphs],
            is_sample=True,
        )
        parent.add_child(instance=page)
        page.save_revision().publish()
    report.step("sample news")


def remove(report: Report) -> None:
    """Delete them again."""
    for page in NewsPage.objects.filter(is_sample=True):
        page.delete()
    report.step("sample news removed")
