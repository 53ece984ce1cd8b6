from django.db import migrations


def fill(apps, schema_editor):
    """The branch was worked out from the direction until now; whoever opened a case had nominated in it."""
    Secondment = apps.get_model("secondments", "Secondment")
    for case in Secondment.objects.filter(branch=None).select_related("venue", "home__venue"):
        place = case.venue if case.direction == "down" else case.home.venue
        Secondment.objects.filter(pk=case.pk).update(
            branch_id=place.parent_id or place.pk, nominated_by_id=case.opened_by_id
        )


class Migration(migrations.Migration):
    dependencies = [("secondments", "0003_needs_and_views")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
