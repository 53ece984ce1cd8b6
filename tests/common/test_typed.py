"""Whatever is typed into an address or a form is a key, or none."""

import pytest

from common.typed import key_of, keys_of, plain_text


@pytest.mark.parametrize("text", ["", "x", "1x", "-1", " 1", "1.0", "²", "９", "\0", "1" * 19])
def test_what_is_no_key(text):
    assert key_of(text) is None


def test_keys():
    assert key_of("0") == 0
    assert key_of("9" * 18) == 10**18 - 1
    assert keys_of(["3", "x", "10", "1" * 40]) == [3, 10]


def test_text_without_what_nothing_keeps():
    assert plain_text("甲\0\x0b\x1b乙\n丙\t丁\ud83d") == "甲乙\n丙\t丁"


@pytest.mark.parametrize("register", ["organisations", "outbox/mail", "outbox/sms", "network/venue"])
@pytest.mark.parametrize("key", ["x", "²", "9" * 25, "%00"])
def test_what_is_no_number_is_not_found_in_a_register(admin_client, register, key):
    for view in ("edit", "delete", "inspect"):
        assert admin_client.get(f"/admin/{register}/{view}/{key}/").status_code == 404
