"""Every type of public page, by one address of it that the county and the sample data have. A new room adds its own."""

from typing import NamedTuple


class PublicPage(NamedTuple):
    """`name` names the screenshots; `status` is what the server is to answer."""

    name: str
    address: str
    status: int = 200


PAGES = [
    PublicPage("home", "/"),
    PublicPage("directory", "/venues/"),
    PublicPage("branch", "/venues/longchuan/"),
    PublicPage("disclosure", "/disclosure/"),
    PublicPage("document", "/disclosure/nhx-/2023-1027116/"),
    PublicPage("news", "/news/"),
    PublicPage("search", "/search/?q=文化"),
    PublicPage("search-nothing", "/search/?q=天文望远镜"),
    PublicPage("sign-in", "/account/login/"),
    PublicPage("sign-up", "/account/signup/"),
    PublicPage("accessible-browsing", "/accessibility/"),
    PublicPage("report-error", "/report-error/"),
    PublicPage("site-map", "/site-map/"),
    PublicPage("styleguide", "/styleguide/"),
    PublicPage("not-found", "/no-such-page/", 404),
]
