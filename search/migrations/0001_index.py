"""The tables of the search index. No model stands for them: search/backends reads and writes them in SQL."""

from django.db import migrations

SQLITE = [
    """CREATE TABLE search_entry (
        id integer PRIMARY KEY AUTOINCREMENT,
        content_type_id integer NOT NULL,
        object_id text NOT NULL,
        date date,
        UNIQUE (content_type_id, object_id)
    )""",
    "CREATE VIRTUAL TABLE search_fts USING fts5(title, body, names, tokenize='ascii')",
    """CREATE TRIGGER search_entry_deleted AFTER DELETE ON search_entry
        BEGIN DELETE FROM search_fts WHERE rowid = OLD.id; END""",
]
POSTGRESQL = [
    """CREATE TABLE search_entry (
        id bigserial PRIMARY KEY,
        content_type_id integer NOT NULL,
        object_id varchar(50) NOT NULL,
        date date,
        title text NOT NULL,
        text text NOT NULL,
        keys text[] COLLATE "C" NOT NULL,
        names text NOT NULL,
        name_keys text[] COLLATE "C" NOT NULL,
        UNIQUE (content_type_id, object_id)
    )""",
    # Without statistics the planner takes hits for few and uses the index; with them it would rather read every
    # row's keys, not knowing that they lie out of line.
    "ALTER TABLE search_entry ALTER COLUMN keys SET STATISTICS 0, ALTER COLUMN name_keys SET STATISTICS 0",
    # No pending list: it would be read through at every search.
    "CREATE INDEX search_entry_keys ON search_entry USING gin (keys) WITH (fastupdate = off)",
    "CREATE INDEX search_entry_name_keys ON search_entry USING gin (name_keys) WITH (fastupdate = off)",
]


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_fts", params=None)
    schema_editor.execute("DROP TABLE search_entry", params=None)


class Migration(migrations.Migration):
    dependencies = [("contenttypes", "0002_remove_content_type_name")]
    operations = [migrations.RunPython(create, drop)]
