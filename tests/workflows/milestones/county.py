"""The small county of the milestones' tests."""

from network.models import Division, Office
from tests.workflows.world import make_world, venue


def make_county():
    """The small county of the workflows' tests, with a bureau and two service points below the branch."""
    world = make_world()
    Office.objects.create(name="Test县文化和旅游局", short_name="县文旅局", kind="bureau", slug="bureau")
    for number, name in ((2, "中村村民委员会"), (3, "小村村民委员会")):
        Division.objects.create(
            code=f"99000100{number}", name=name, level="village", slug=f"v{number}", parent=world.township
        )
    places = Division.objects.filter(level="village").order_by("code")
    world.people["points"] = [
        venue(f"p{place.pk}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
        for place in places
    ]
    return world
