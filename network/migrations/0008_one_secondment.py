from django.db import migrations

CREATE = """
ALTER TABLE network_appointment ADD CONSTRAINT network_appointment_one_secondment
EXCLUDE USING gist (person_id WITH =, daterange(since, until, '[]') WITH &&)
WHERE (basis = 'secondment' AND status <> 'suspended');
"""
DROP = "ALTER TABLE network_appointment DROP CONSTRAINT IF EXISTS network_appointment_one_secondment;"


def run(sql):
    """PostgreSQL alone has exclusion constraints; elsewhere the service's lock on the person does the work."""

    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return apply


class Migration(migrations.Migration):
    """A person's secondments never overlap, part-time ones included."""

    dependencies = [("network", "0007_staffing_and_terms")]

    operations = [migrations.RunPython(run(CREATE), run(DROP))]
