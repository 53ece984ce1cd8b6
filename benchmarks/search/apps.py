from django.apps import AppConfig


class SearchBenchmarkConfig(AppConfig):
    """Installed by the benchmark only."""

    name = "benchmarks.search"
    label = "search_benchmark"
