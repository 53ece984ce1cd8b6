"""Screens around the engine: the officials' in the back office, the applicant's at the desk."""
