"""The WSGI application that gunicorn serves."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from moduhyu.log_context import ServerFilter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moduhyu.settings")

application = get_wsgi_application()
# Not by settings.LOGGING: naming the logger there would take away the handlers that gunicorn gave it.
logging.getLogger("gunicorn.error").addFilter(ServerFilter())
