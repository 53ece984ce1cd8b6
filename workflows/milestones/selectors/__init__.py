"""Reads of the programme that more than one caller needs. Every one a constant number of queries."""
