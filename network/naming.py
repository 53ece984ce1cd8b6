"""Names made from names: address parts in pinyin, plaques by template (R90–R92)."""

import re
from typing import TYPE_CHECKING

from django.utils.text import slugify
from pypinyin import lazy_pinyin

from .models.divisions import COMMITTEE_SUFFIXES

if TYPE_CHECKING:
    from .models import Division, NetworkSettings, Venue

# The 55 minority nationalities: 雨露白族乡 is known as 雨露, 楚雄彝族自治州 as 楚雄.
NATIONALITIES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|"
    "塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
UNIT = re.compile(rf"(?<=.)(?:(?:{NATIONALITIES})族)*(?:自治)?(?:街道|镇|乡|县|区|市|州|省)$")
COMMITTEE = re.compile("|".join(f"{suffix}$" for suffix in COMMITTEE_SUFFIXES.values()))


def pinyin_slug(name: str) -> str:
    """An address part for a Chinese name: 龙川镇 → longchuan, 雨露白族乡 → yulu, 中村村民委员会 → zhongcun.

    Empty when nothing of the name can be written in Latin letters.
    """
    stem, is_committee = COMMITTEE.subn("", name)
    if not is_committee:
        stem = UNIT.sub("", name)
    return slugify("".join(lazy_pinyin(stem)))


def plaque_for(venue: "Venue", rules: "NetworkSettings") -> tuple[str, bool]:
    """The exact text of a venue's plaque, and whether it is a local decision (the notice has no rule for its kind).

    Needs `venue.division` and, below a township, its parent. Empty text: the county gave no template.
    """
    township, place = _places(venue.division)
    template, local = _template(venue, rules)
    line = rules.line_both if venue.library and venue.culture else _one_line(venue, rules)
    county = rules.county.name if rules.county else ""
    return template.format(county=county, township=township, place=place, name=venue.name, line=line), local


def _one_line(venue: "Venue", rules: "NetworkSettings") -> str:
    return rules.line_library if venue.library else rules.line_culture


def _places(division: "Division") -> tuple[str, str]:
    """The township's name and the short name of the village or community in it (empty at the township itself)."""
    if division.level in (division.Level.VILLAGE, division.Level.COMMUNITY) and division.parent:
        return division.parent.name, division.short_name
    return (division.name, "") if division.level == division.Level.TOWNSHIP else ("", "")


def _template(venue: "Venue", rules: "NetworkSettings") -> tuple[str, bool]:
    if venue.tier == venue.Tier.HEAD:
        return rules.plaque_head, False
    if venue.kind == venue.Kind.TOWNSHIP_CENTRE and venue.tier == venue.Tier.BRANCH:
        return rules.plaque_branch, False
    if venue.kind == venue.Kind.VILLAGE_CENTRE and venue.tier == venue.Tier.POINT:
        return rules.plaque_point, False
    return (rules.plaque_social_branch if venue.tier == venue.Tier.BRANCH else rules.plaque_social_point), True
