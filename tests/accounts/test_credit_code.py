"""GB 32100-2015: 18 characters; the check character is 31 - sum(C_i * 3^(i-1)) mod 31, where 31 stands for 0."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.credit_code import ALPHABET, check_character, normalise, validate_credit_code

# Published codes of companies and universities, and the standard's own example (first line).
REAL = [
    "91350100M000100Y43",
    "9144030071526726XG",
    "91330100799655058B",
    "914403001922038216",
    "91110000802100433B",
    "91440300192317458F",
    "91110108551385082Q",
    "91100000100003962T",
    "91110000710925462X",
    "91110000600037341L",
    "91110000100000489L",
    "9111000010169286X1",
    "91330106673959654P",
    "12100000400002259P",
    "12100000400000624D",
]
WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]  # the standard's table
bodies = st.text(ALPHABET, min_size=17, max_size=17)
codes = bodies.map(lambda body: body + check_character(body))


def valid(code: str) -> bool:
    try:
        validate_credit_code(code)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_right(code):
    validate_credit_code(code)


@given(bodies)
def test_the_check_character_follows_the_standards_table(body):
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    number = 31 - total % 31
    assert check_character(body) == ALPHABET[0 if number == 31 else number]


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(code, place, other):
    assume(code[place] != other)
    assert not valid(code[:place] + other + code[place + 1 :])


@given(codes, st.integers(0, 17), st.integers(0, 17))
def test_any_exchange_of_two_characters_is_found_except_first_with_last(code, one, two):
    assume(code[one] != code[two])
    swapped = list(code)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    assert valid("".join(swapped)) == ({one, two} == {0, 17})


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("91350100M000100Y4", "length"),
        ("91350100M000100Y433", "length"),
        ("", "length"),
        ("91350100O000100Y43", "alphabet"),
        ("91350100m000100Y43", "alphabet"),
        ("９1350100M000100Y43", "alphabet"),
        ("91350100M000100Y44", "check"),
    ],
)
def test_what_is_wrong_is_said(code, problem):
    with pytest.raises(ValidationError) as error:
        validate_credit_code(code)
    assert error.value.code == problem


@pytest.mark.parametrize(
    "typed", ["９１３５０１００Ｍ０００１００Ｙ４３", "91350100m000100y43", " 9135 0100 M000 100Y 43\n"]
)
def test_typed_codes_are_brought_into_form(typed):
    assert normalise(typed) == "91350100M000100Y43"


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    valid(normalise(text))
    valid(text)
