"""Reading a page saved as text: the real notice and whatever else a file may hold."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.disclosure.parsing import NoticeError, blocks, parse_notice, read_date, squash

from .conftest import NOTICE, notice


@pytest.fixture(scope="module")
def real():
    return parse_notice(NOTICE.read_bytes())


def test_header_fields_of_the_real_notice(real):
    assert (real.index_letters, real.index_number) == ("nhx-", "2023-1027116")
    assert real.catalogue == "政府文件"
    assert real.issuer == "南华县政府办"
    assert real.title == "关于印发南华县公共图书馆文化馆总分馆制建设实施方案的通知"
    assert real.published_on == datetime.date(2019, 6, 26)
    assert real.subject_words == ""


def test_date_and_number_come_from_the_text_with_a_warning(real):
    assert real.made_on == datetime.date(2019, 6, 4)
    assert real.document_number == "南政办通〔2019〕11号"
    assert len(real.warnings) == 2


def test_parts_of_the_real_notice(real):
    assert real.paper_title == "南华县人民政府办公室" + real.title
    assert real.addressees == "各乡镇人民政府,县级各部门(单位):"
    assert [block.level for block in real.body] == [0]
    assert real.remark == "(此件公开发布)"
    assert real.decision == "open"
    assert real.annex_title == "南华县公共图书馆文化馆总分馆制建设实施方案"


def test_outline_of_the_real_plan(real):
    headings = [block for block in real.annex if block.level]
    assert [block.text for block in headings if block.level == 1] == [
        "一、指导思想",
        "二、基本原则",
        "三、工作目标",
        "四、实施步骤",
        "五、主要措施",
        "六、有关要求",
    ]
    assert len([block for block in headings if block.level == 2]) == 4 + 3 + 9 + 3
    assert [block.text for block in headings if block.level == 3] == [
        "1.政府的主要职责。",
        "2.总馆的主要职责。",
        "3.分馆的主要职责。",
        "4.基层服务点的主要职责。",
    ]


def test_the_superior_document_and_its_four_organs(real):
    (cited,) = real.cited
    assert cited.number == "楚文体联发〔2018〕7号"
    assert cited.title == "关于印发楚雄州公共图书馆文化馆总分馆制建设实施方案的通知"
    assert cited.issuers == (
        "楚雄彝族自治州文化体育局",
        "楚雄彝族自治州新闻出版广电局",
        "楚雄彝族自治州发展和改革委员会",
        "楚雄彝族自治州财政局",
    )


def test_every_sentence_of_the_notice_is_kept(real):
    below_header = NOTICE.read_text(encoding="utf-8").split("发布日期:2019年06月26日", 1)[1]
    assert squash(real.full_text) == squash(below_header)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings(encoding):
    raw = notice().decode().replace("\xa0", " ").encode(encoding)
    assert parse_notice(raw).title == "关于做好农家书屋管理工作的通知"


def test_full_width_colons_and_a_line_a_field():
    raw = (
        notice()
        .decode()
        .replace(":", "\uff1a")
        .replace(" 公文目录", "\n公文目录")
        .replace(" 标\u3000题", "\n\n标\u3000题")
    )
    assert parse_notice(raw.encode()).catalogue == "政府文件"
    assert parse_notice(raw.encode()).title == "关于做好农家书屋管理工作的通知"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty|空"),
        (b" \n\t ", "empty|空"),
        (b"\x00\x01\x02", "not a text file|不是文本"),
        (b"\xff\xfe\xff\xff\xff", "neither|既不是"),
        ("随便写的几句话。".encode(), "No header|页头"),
        (notice(index_number=""), "no index number|没有索引号"),
        (notice(index_number="nhx-/2024-1301001"), "is not an index number|不是索引号"),
        (notice(index_number="2024-0301001"), "lacks its letters|字母"),
        (notice(title=""), "no title|没有标题"),
    ],
)
def test_what_cannot_be_read_says_why(raw, said):
    with pytest.raises(NoticeError, match=said):
        parse_notice(raw)


@pytest.mark.parametrize(
    ("remark", "decision"),
    [
        ("(此件公开发布)", "open"),
        ("\uff08此件主动公开\uff09", "open"),
        ("(此件依申请公开)", "on_request"),
        ("(此件不予公开)", "closed"),
        ("(此件不公开)", "closed"),
        ("(此件印发至乡镇)", ""),
        ("", ""),
    ],
)
def test_the_remark_decides(remark, decision):
    assert parse_notice(notice(remark=remark)).decision == decision


def test_a_remark_inside_the_text_decides_nothing():
    raw = notice(remark="", body="一、说明\n\n文末注明(此件公开发布)的,方可公开。")
    assert parse_notice(raw).decision == ""


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019年6月4日", datetime.date(2019, 6, 4)),
        ("2019-06-04", datetime.date(2019, 6, 4)),
        ("二〇一九年六月四日", datetime.date(2019, 6, 4)),
        ("二○一九年十二月三十一日", datetime.date(2019, 12, 31)),
        ("二〇二〇年十月二十日", datetime.date(2020, 10, 20)),
        ("2019年2月30日", None),
        ("2019年6月", None),
        ("自2019年6月4日起施行", None),
    ],
)
def test_dates(text, date):
    assert read_date(text) == date


def test_a_long_first_sentence_is_a_paragraph():
    line = "1." + "很长的一句话" * 10 + "。后文。"
    assert [(block.level, block.text) for block in blocks([line])] == [(0, line)]


def test_a_wrong_date_in_the_header_is_named():
    read = parse_notice(notice(published_on="2024年13月05日"))
    assert read.published_on is None
    assert any("发布日期" in warning for warning in read.warnings)


TEXT = st.text(
    alphabet=st.sampled_from("一二三(四)1.2、。:; 关于《》〔〕2019年6月4日号\n\xa0此件公开发布索引号:"), max_size=300
)


@given(body=TEXT)
@settings(max_examples=200, deadline=None)
def test_no_text_is_lost_whatever_the_body_holds(body):
    raw = notice(body=body, document_number="")
    below_header = raw.decode().split("2024年03月05日", 1)[1]
    read = parse_notice(raw)
    assert squash(read.full_text) == squash(below_header)


@given(raw=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_bytes_of_any_kind_are_read_or_refused(raw):
    with pytest.raises(NoticeError):
        parse_notice(raw)


@given(text=st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_text_of_any_kind_behind_a_header_is_read_or_refused(text):
    try:
        read = parse_notice(f"索引号:nhx-/2024-0301001 标题:{text}".encode(errors="ignore"))
    except NoticeError:
        return
    assert read.title
