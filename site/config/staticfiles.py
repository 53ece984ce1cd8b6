"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig as Base


class StaticFilesConfig(Base):
    """Viewflow ships its node_modules: fonts in there break the hashed manifest and nothing of it is used."""

    ignore_patterns = [*Base.ignore_patterns, "node_modules"]
