"""The servers and the browser that the suite starts itself: PostgreSQL, Redis, a Celery worker, Chromium."""
