"""Papers and photos of the sample cases can be had by those who may see the case, and by nobody else."""

import pytest

# Where each finds the papers of a case: a list, and the links of its rows.
LISTS = {
    "township2": ("/admin/programme/list/?state=done&item=signage", "/admin/programme/milestones/"),
    "applicant": ("/desk/", "/desk/SQ"),
}


def signed_in(new_context, site, email):
    page = new_context().new_page()
    page.goto(f"{site.url}/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", dict(site.accounts.values())[email])
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    return page


@pytest.mark.parametrize("role", LISTS)
def test_evidence_of_the_sample_is_downloaded(new_context, site, tmp_path, role):
    page = signed_in(new_context, site, f"{role}@example.org")
    listed, row = LISTS[role]
    page.goto(site.url + listed)
    page.locator(f"main a[href^='{row}']").first.click()
    paper = page.locator("main a[href*='/files/']").first
    address = paper.get_attribute("href")
    with page.expect_download() as coming:
        paper.click()
    coming.value.save_as(tmp_path / "paper")
    assert (tmp_path / "paper").read_bytes()[:4] in (b"%PDF", b"\xff\xd8\xff\xe0")
    other = signed_in(new_context, site, "member@example.org")
    refused = other.goto(site.url + address)
    assert refused.status == 404 or address not in other.url
