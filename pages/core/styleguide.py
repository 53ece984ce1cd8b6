"""Realistic content for /styleguide/: what the components look like when they are full, and when they are not."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="单位名称", help_text="与统一社会信用代码证书一致。")
    code = forms.CharField(label="统一社会信用代码", help_text="18 位。", max_length=18)
    kind = forms.ChoiceField(label="单位类型", choices=[("school", "学校"), ("unit", "机关事业单位"), ("firm", "企业")])
    line = forms.ChoiceField(
        label="希望加入", widget=forms.RadioSelect, choices=[("library", "图书馆总分馆"), ("culture", "文化馆总分馆")]
    )
    services = forms.MultipleChoiceField(
        label="可以提供的服务",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("lend", "借阅"), ("study", "自习"), ("rehearse", "排练")],
    )
    licence = forms.FileField(label="场地证明", required=False, help_text="PDF 或照片，不超过 10 MB。")
    reason = forms.CharField(label="自愿加入说明", widget=forms.Textarea)
    agree = forms.BooleanField(label="我已阅读并同意服务规范")


def _lists() -> dict[str, Any]:
    return {
        "documents": [
            {
                "url": "#",
                "title": "关于印发南华县公共图书馆文化馆总分馆制建设实施方案的通知",
                "date": date(2019, 6, 26),
                "meta": "南政办通〔2019〕11号",
            },
            {"url": "#", "title": "2026 年度总分馆绩效考评结果的通报", "date": date(2026, 11, 18)},
        ],
        "places": [
            {"url": "#", "title": "县图书馆总馆", "tag": "开放至 21:00", "meta": "阅览、借还、自习"},
            {
                "url": "#",
                "title": "龙川镇分馆",
                "tag": "14:00 开放",
                "tag_kind": "soon",
                "meta": "少儿阅览、棋牌、舞蹈室",
            },
            {
                "url": "#",
                "title": "龙泉社区文化服务点",
                "tag": "今日闭馆",
                "tag_kind": "closed",
                "meta": "明天 9:00 开放",
            },
        ],
        "events": [
            {
                "date": date(2026, 11, 24),
                "when": "周二 19:30",
                "title": "彝族左脚舞公益课",
                "lines": ["文化馆总馆 · 排练厅", "余 6 席 · 每周二、四"],
            },
            {
                "date": date(2026, 11, 26),
                "when": "周四 10:00",
                "title": "绘本故事会：山里的月琴",
                "lines": ["龙川镇分馆 · 少儿区", "亲子 · 无需报名"],
            },
            {
                "date": date(2026, 11, 28),
                "when": "周六 全天",
                "title": "镇南月琴制作技艺展",
                "lines": ["文化馆总馆 · 展厅", "非遗 · 至 12 月 6 日"],
            },
        ],
        "cards": [
            {"pattern": "longchuan", "title": "龙川镇分馆", "text": "12 个社区、17 个村", "tag": "服务中"},
            {"pattern": "wujie", "title": "五街镇分馆", "text": "流动书车每周三进村", "tag": "试运行", "kind": "soon"},
            {
                "pattern": "shaqiao",
                "title": "沙桥镇分馆",
                "text": "三所学校图书室加入",
                "tag": "筹建中",
                "kind": "closed",
            },
        ],
    }


def _hours() -> list[dict[str, Any]]:
    usual = ["9:00–12:00", "14:00–20:30"]
    return [
        {"label": "周一", "spans": []},
        {"label": "周二", "spans": usual, "today": True},
        {"label": "周三", "spans": usual},
        {"label": "周四", "spans": usual, "note": "12 月 3 日检修闭馆"},
        {"label": "周五", "spans": usual},
        {"label": "周六、周日", "spans": ["9:00–20:30"]},
    ]


def sample_context() -> dict[str, Any]:
    """The context of templates/styleguide.html."""
    return {
        **_lists(),
        "colours": ["paper", "sheet", "ink", "ink-soft", "rule", "pine", "pine-tint", "vermilion", "mustard", "deep"],
        "form": SampleForm({"name": "南华县第一小学", "code": "1253"}),
        "hours": _hours(),
        "page_obj": Paginator(range(200), 10).page(7),
        "tabs": [
            {"url": "#", "label": "全部", "current": True},
            {"url": "#", "label": "图书馆"},
            {"url": "#", "label": "文化馆"},
        ],
        "steps": [
            {"title": "提交申请", "when": "11 月 2 日", "text": "编号 2026-0017", "state": "done"},
            {"title": "乡镇意见", "when": "11 月 9 日", "text": "龙川镇人民政府：同意", "state": "done"},
            {"title": "现场查看", "when": "定于 11 月 24 日", "state": "now"},
            {"title": "局审批"},
        ],
        "stages": [
            {"title": "摸底规划", "when": "至 2019 年 4 月", "share": 100},
            {"title": "组织实施", "when": "2019 年 4 月—2020 年 5 月", "share": 62},
            {"title": "总结提升", "when": "2020 年 5 月—10 月", "share": 0},
        ],
        "figures": [
            {"number": 2, "label": "总馆"},
            {"number": 10, "label": "乡镇分馆"},
            {"number": 128, "label": "村（社区）服务点"},
        ],
        "facts": [
            ("索引号", "nhx-/2023-1027116"),
            ("发文机关", "南华县政府办"),
            ("发文字号", "南政办通〔2019〕11号"),
            ("成文日期", "2019年6月4日"),
        ],
        "six": [
            ("统一标识", "yes"),
            ("统一平台", "yes"),
            ("统一资源调配", "partly"),
            ("统一人员培训", "yes"),
            ("统一服务规范", "partly"),
            ("统一绩效考评", "no"),
        ],
        "table_head": ["乡镇", "分馆", "服务点", "人口", "每周开放（小时）"],
        "table_rows": [
            ["龙川镇", 1, 29, "84,955", "58.5"],
            ["沙桥镇", 1, 19, "28,310", "48"],
            ["五街镇", 1, 15, "16,204", "42"],
        ],
    }
