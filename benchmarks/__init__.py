"""Figures: how long loading takes, and what each type of page costs without a cache. `make bench` prints them."""
