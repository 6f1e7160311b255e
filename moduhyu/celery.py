"""The Celery application: eager inside the request by default, on a broker when CELERY_BROKER_URL is set."""

import os

from celery import Celery

from moduhyu import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moduhyu.settings")

broker.install()
app = Celery("moduhyu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
