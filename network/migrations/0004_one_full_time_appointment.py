from django.db import migrations

CREATE = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE network_appointment ADD CONSTRAINT network_appointment_one_full_time
EXCLUDE USING gist (person_id WITH =, daterange(since, until, '[]') WITH &&)
WHERE (full_time AND status = 'active');
"""
DROP = "ALTER TABLE network_appointment DROP CONSTRAINT IF EXISTS network_appointment_one_full_time;"


def run(sql):
    """PostgreSQL alone has exclusion constraints; elsewhere the service's lock on the person does the work."""

    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return apply


class Migration(migrations.Migration):
    """At most one active full-time appointment a person at a time (R99)."""

    dependencies = [("network", "0003_bureau_group")]

    operations = [migrations.RunPython(run(CREATE), run(DROP))]
