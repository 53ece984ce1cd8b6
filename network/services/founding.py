"""What every venue begins with: its posts and its six unified items, unsaved, for one venue or for hundreds at once."""

from ..models import Post, UnifiedItem, Venue

Title, ExOfficio = Post.Title, Post.ExOfficio

# The three tiers of posts (R95) and who holds them by office (R96–R98): title, ex officio, full-time. The notice wants
# branch heads, branch staff and point staff full-time and dedicated (R99, R100); of liaisons it says nothing.
POSTS: dict[str, list[tuple[str, str, bool]]] = {
    Venue.Tier.HEAD: [(Title.HEAD_DIRECTOR, ExOfficio.COUNTY_DIRECTOR, True)],
    Venue.Tier.BRANCH: [
        (Title.BRANCH_HEAD, ExOfficio.CENTRE_DIRECTOR, True),
        (Title.LIAISON, "", False),
        (Title.BRANCH_STAFF, ExOfficio.CENTRE_STAFF, True),
    ],
    Venue.Tier.POINT: [(Title.POINT_STAFF, ExOfficio.VILLAGE_INSTRUCTOR, True)],
}
CENTRES = (
    Venue.Kind.COUNTY_LIBRARY,
    Venue.Kind.COUNTY_CENTRE,
    Venue.Kind.TOWNSHIP_CENTRE,
    Venue.Kind.VILLAGE_CENTRE,
)


def first_posts(venue: Venue) -> list[Post]:
    """The posts of a venue's tier. Only the public centres have holders by office; a school's or an enterprise's own
    people hold its posts."""
    by_office = venue.kind in CENTRES
    return [
        Post(venue=venue, title=title, ex_officio=ex_officio if by_office else "", full_time=full_time and by_office)
        for title, ex_officio, full_time in POSTS[venue.tier]
    ]


def six_items(venue: Venue) -> list[UnifiedItem]:
    """The six unified items (R31), none of them shown yet."""
    return [UnifiedItem(venue=venue, item=item) for item in UnifiedItem.Item.values]
