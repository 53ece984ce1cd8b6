"""Invented events of the coming weeks, each marked as sample data wherever a person sees it."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from common.report import Report
from network.models import Venue
from pages.venues.models import VenuePage

from .models import Audience, EventChange, EventKind, EventPage

Repeat, Change = EventPage.Repeat, EventChange.Change
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


def load(report: Report) -> None:
    """Publish the events below the pages of heads, branches and points; nothing where they are there already."""
    heads = list(VenuePage.objects.filter(venue__tier=Venue.Tier.HEAD).order_by("path"))
    branches = list(VenuePage.objects.filter(venue__tier=Venue.Tier.BRANCH).order_by("path"))
    points = list(VenuePage.objects.filter(venue__tier=Venue.Tier.POINT).order_by("path"))
    if EventPage.objects.filter(is_sample=True).exists() or not (heads and branches and points):
        return
    terms: dict[type, dict[str, Any]] = {
        model: model._default_manager.in_bulk(field_name="slug") for model in (EventKind, Audience)
    }
    for places, events in ((heads, at_heads()), (branches, at_branches()), (points, at_points())):
        for number, event in enumerate(events):
            publish(places[number % len(places)], event, terms)
    report.step(f"events: {EventPage.objects.filter(is_sample=True).count()} sample events")


def remove(report: Report) -> None:
    """Delete them again, with the registrations somebody tried out on them."""
    from .models import Registration

    Registration.objects.filter(occurrence__event__is_sample=True).delete()
    for page in EventPage.objects.filter(is_sample=True):
        page.delete()
    report.step("sample events removed")


def publish(parent: VenuePage, fields: dict[str, Any], terms: dict[type, dict[str, Any]]) -> None:
    """Make one event below `parent`; `kind` and `audiences` are slugs of `terms`, `text` becomes the description."""
    kind = terms[EventKind].get(fields.pop("kind")) or next(iter(terms[EventKind].values()))
    wanted = fields.pop("audiences", ["everybody"])
    chosen = [terms[Audience][slug] for slug in wanted if slug in terms[Audience]]
    body = [("paragraph", f"<p>{fields.pop('text')}</p>")] if "text" in fields else []
    changes = fields.pop("changes", [])
    event = EventPage(kind=kind, body=body, is_sample=True, contact="示例电话 0000-0000000", **fields)
    event.audiences, event.changes = chosen, changes
    parent.add_child(instance=event)
    event.save_revision().publish()


def coming(weekday: int, weeks: int = 0) -> date:
    """The next such day of the week, today not counted, `weeks` later."""
    today = timezone.localdate()
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1 + 7 * weeks)


def weekly(*days: int, weeks: int = 12) -> dict[str, Any]:
    """The fields of a weekly repetition on these days of the week."""
    first = min(coming(day) for day in days)
    codes = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    return {
        "first_day": first,
        "repeat": Repeat.WEEKLY,
        "repeat_on": ",".join(codes[day] for day in sorted(days)),
        "repeat_until": first + timedelta(weeks=weeks),
    }


def at_heads() -> list[dict[str, Any]]:
    """Events of the county library and the county cultural centre, in turn."""
    today = timezone.localdate()
    return [
        {
            "title": "周末故事会：山里的动物朋友",
            "introduction": "馆员和志愿者一起讲绘本，讲完画一画。三到八岁，请家长陪同。",
            "text": "每次讲两本绘本，故事后有二十分钟手工时间，材料由馆里准备。",
            "kind": "reading", "audiences": ["children", "families"], "line": "library",
            "place": "一楼少儿阅览室", "starts": time(10), "ends": time(11, 30), **weekly(SATURDAY),
            "takes_registrations": True, "capacity": 20, "group_size": 4,
            "changes": [EventChange(
                day=coming(SATURDAY, 2), change=Change.MOVED, new_day=coming(SUNDAY, 2), new_starts=time(15),
                reason="当天上午阅览室用作考场，改到周日下午",
            )],
        },
        {
            "title": "左脚舞公益课（秋冬班）",
            "introduction": "零基础学跳彝族左脚舞，带一双软底鞋就能来。",
            "text": "老师从最基本的步子教起，一个月学会三支调子。乐器由馆里提供。",
            "kind": "heritage", "line": "culture", "place": "二楼舞蹈排练厅",
            "starts": time(19, 30), "ends": time(21), **weekly(TUESDAY, SATURDAY),
            "takes_registrations": True, "capacity": 40,
            "changes": [
                EventChange(day=coming(TUESDAY, 1), change=Change.CANCELLED, reason="老师外出培训，停课一次"),
                EventChange(
                    day=coming(SATURDAY, 2), change=Change.MOVED, new_place="县城民族文化广场",
                    reason="排练厅地板维修，这一次在广场上跳",
                ),
            ],
        },
        {
            "title": "乡土文献展：南华的老地图与老照片",
            "introduction": "馆藏地方文献里的县城、集市和古道，可以戴上手套翻看复制本。",
            "text": "展览期间每天开馆时间开放，周六上午有馆员讲解。",
            "kind": "exhibition", "line": "library", "place": "三楼展厅",
            "all_day": True, "first_day": today - timedelta(days=4), "last_day": today + timedelta(days=12),
        },
        {
            "title": "冬季群众文艺汇演",
            "introduction": "各乡镇文艺队同台，歌舞、小品、民族乐器，一晚看全县。",
            "kind": "performance", "line": "culture", "place": "县文化馆小剧场",
            "first_day": coming(FRIDAY, 1), "starts": time(19), "ends": time(21, 30),
            "takes_registrations": True, "capacity": 120, "group_size": 6,
        },
        {
            "title": "图书馆志愿者见面会",
            "introduction": "想来讲故事、修补图书、陪老人用手机的朋友，这天上午一起聊聊。",
            "kind": "volunteering", "audiences": ["everybody"], "line": "library",
            "first_day": today - timedelta(days=9), "starts": time(9, 30), "ends": time(11),
        },
        {
            "title": "村级文化辅导员业务培训",
            "introduction": "两天课程：农家书屋管理、活动组织、安全与长者服务。",
            "kind": "training", "audiences": ["staff"], "line": "both", "place": "三楼培训室",
            "first_day": coming(THURSDAY, 2), "last_day": coming(THURSDAY, 2) + timedelta(days=1),
            "starts": time(9), "ends": time(17), "takes_registrations": True, "capacity": 60,
        },
    ]  # fmt: skip


def at_branches() -> list[dict[str, Any]]:
    """Events of the townships' branches, one after another."""
    return [
        {
            "title": "老年书法班",
            "introduction": "笔墨纸由分馆准备，零基础也能跟上。",
            "text": "老师从握笔讲起，一节课只练三个字。没有报上名的可以登记候补。",
            "kind": "course", "audiences": ["older"], "line": "culture", "place": "二楼教室",
            "starts": time(14, 30), "ends": time(16), **weekly(WEDNESDAY),
            "takes_registrations": True, "capacity": 16,
        },
        {
            "title": "乡村电影夜",
            "introduction": "每月一次，院坝里放一部老电影，自带板凳。",
            "kind": "performance", "audiences": ["everybody", "families"], "line": "culture", "place": "分馆院坝",
            "first_day": coming(FRIDAY), "starts": time(19), "ends": time(21), "repeat": Repeat.MONTHLY_WEEKDAY,
            "repeat_until": coming(FRIDAY) + timedelta(days=200),
        },
        {
            "title": "彝绣体验课",
            "introduction": "认针法、配丝线，一个下午绣一枚书签带回家。",
            "kind": "heritage", "audiences": ["everybody"], "line": "culture",
            "first_day": coming(SUNDAY), "starts": time(14), "ends": time(16, 30),
            "takes_registrations": True, "capacity": 12, "group_size": 2,
        },
        {
            "title": "四点半课堂",
            "introduction": "放学后来写作业、读书，有老师和大学生志愿者陪着。",
            "kind": "course", "audiences": ["children"], "line": "both",
            "starts": time(16, 30), "ends": time(18), **weekly(MONDAY, WEDNESDAY, FRIDAY, weeks=8),
        },
        {
            "title": "读书分享会：我读《额尔古纳河右岸》",
            "introduction": "读过没读过都能来，每人说三分钟。",
            "kind": "reading", "line": "library", "first_day": coming(SATURDAY), "starts": time(15), "ends": time(17),
        },
        {
            "title": "核桃管护技术讲座",
            "introduction": "请县里的技术员来讲冬季修剪和病虫防治，可以带枝条来问。",
            "kind": "training", "audiences": ["everybody"], "line": "both",
            "first_day": coming(THURSDAY), "starts": time(10), "ends": time(11, 30),
            "cancelled": True, "cancel_reason": "讲课老师临时下乡，另行通知",
        },
    ]  # fmt: skip


def at_points() -> list[dict[str, Any]]:
    """Events of service points in villages and communities."""
    return [
        {
            "title": "志愿服务上午：整理农家书屋",
            "introduction": "上架、贴标、修补，两个小时就能让书屋变个样。",
            "kind": "volunteering", "line": "library",
            "first_day": coming(SUNDAY, 1), "starts": time(9), "ends": time(11),
        },
        {
            "title": "手机课堂：视频通话和防诈骗",
            "introduction": "慢慢教，反复练，可以带孙子孙女一起来。",
            "kind": "course", "audiences": ["older"], "line": "both",
            "starts": time(9, 30), "ends": time(11), **weekly(THURSDAY, weeks=4),
        },
        {
            "title": "村里讲古：茶马古道上的驿站",
            "introduction": "请村里老人讲祖辈赶马的故事，文化辅导员记录整理。",
            "kind": "heritage", "line": "culture",
            "first_day": coming(SATURDAY, 1), "starts": time(19), "ends": time(20, 30),
        },
    ]  # fmt: skip
