from django.db import migrations

CREATE = """
ALTER TABLE network_appointment ADD CONSTRAINT network_appointment_one_holder
EXCLUDE USING gist (post_id WITH =, daterange(since, until, '[]') WITH &&)
WHERE (status = 'active');
"""
DROP = "ALTER TABLE network_appointment DROP CONSTRAINT IF EXISTS network_appointment_one_holder;"


def run(sql):
    """PostgreSQL alone has exclusion constraints; elsewhere the service's lock on the post does the work."""

    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return apply


class Migration(migrations.Migration):
    """A post is one slot: at most one active holder at a time."""

    dependencies = [("network", "0004_one_full_time_appointment")]

    operations = [migrations.RunPython(run(CREATE), run(DROP))]
