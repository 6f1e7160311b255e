"""The Celery application: eager inside the request by default, on a broker when CELERY_BROKER_URL is set."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moduhyu.settings")

# By name: a site without Redis does not load its client, which is as large as Django's ORM.
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "moduhyu.broker:Transport"))
app = Celery("moduhyu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
