"""Every write of the implementation programme. Keyword-only, in one transaction; knows no flow, form or view."""
