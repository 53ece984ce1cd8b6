from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0002_what_is_remembered")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE search_entry ADD COLUMN rank smallint NOT NULL DEFAULT 0",
            "ALTER TABLE search_entry DROP COLUMN rank",
        )
    ]
