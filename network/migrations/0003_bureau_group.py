from django.db import migrations


def create_group(apps, schema_editor):
    """The group whose members are officials of the bureau: network/permissions.py asks for it by name."""
    apps.get_model("auth", "Group").objects.get_or_create(name="bureau")


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_rules_and_sample_flags"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(create_group, migrations.RunPython.noop)]
