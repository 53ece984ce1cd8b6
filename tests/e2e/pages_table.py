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
    PublicPage("directory-filtered", "/venues/?q=村&tier=point&open=on"),
    PublicPage("branch", "/venues/longchuan/"),
    PublicPage("point", "/venues/longchuan/baiyi/"),
    PublicPage("near", "/near/"),
    PublicPage("near-village", "/near/?township=longchuan"),
    PublicPage("disclosure", "/disclosure/"),
    PublicPage("document", "/disclosure/nhx-/2023-1027116/"),
    PublicPage("news", "/news/"),
    PublicPage("events", "/events/"),
    PublicPage("events-week", "/events/week/"),
    PublicPage("events-list", "/events/agenda/?line=library"),
    PublicPage("events-nothing", "/events/2016/02/"),
    PublicPage("event", "/venues/library/zhoumogushihuishanlidedongwupengyou/"),
    PublicPage("poster", "/events/2026/12/poster/"),
    PublicPage("programme", "/programme/"),
    PublicPage("apply", "/apply/"),
    PublicPage("about", "/about/"),
    PublicPage("about-network", "/about/network/"),
    PublicPage("about-policy", "/about/policy/"),
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
