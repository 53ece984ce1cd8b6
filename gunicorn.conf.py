"""gunicorn finds the site by itself: `gunicorn`."""

import os

pythonpath = "site"
wsgi_app = "config.wsgi:application"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
