"""Search figures: `python -m benchmarks.search` (part of `make bench`; docs/search.md explains what they mean)."""
