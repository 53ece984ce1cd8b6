"""gunicorn finds the site by itself: `gunicorn`. Processes and threads are set in the environment."""

import os

pythonpath = "site"
wsgi_app = "config.wsgi:application"
bind = f":{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
accesslog = "-"
max_requests = 2000  # a worker is renewed before a slow leak in any library matters
max_requests_jitter = 200
