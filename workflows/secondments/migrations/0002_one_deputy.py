from django.db import migrations

CREATE = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE secondments_secondment ADD CONSTRAINT secondments_one_deputy
EXCLUDE USING gist (venue_id WITH =, line WITH =, daterange(first_day, last_day, '[]') WITH &&)
WHERE (standing AND direction = 'down');
"""
DROP = "ALTER TABLE secondments_secondment DROP CONSTRAINT IF EXISTS secondments_one_deputy;"


def run(sql):
    """PostgreSQL alone has exclusion constraints; elsewhere the service's lock on the branch does the work."""

    def apply(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return apply


class Migration(migrations.Migration):
    """At most one seconded deputy head a branch and line at a time."""

    dependencies = [("secondments", "0001_initial")]

    operations = [migrations.RunPython(run(CREATE), run(DROP))]
