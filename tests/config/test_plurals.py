"""Babel drops the plural rule of a catalogue that does not name its language; Django then falls back to English."""

from django.utils.translation import ngettext, override


def test_chinese_has_one_form_for_every_number():
    with override("zh-hans"):
        for number in (1, 2, 29):
            assert "个服务点" in ngettext("%(n)d service point.", "%(n)d service points.", number)
