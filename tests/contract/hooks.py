"""What schemathesis draws from where the document names a format that it does not know, or one that today limits."""

import zoneinfo
from datetime import date, timedelta

import schemathesis
from hypothesis import strategies

# "Not later than today" is no word of JSON Schema, and where the person lives, today may be the day before yesterday
# of here. Days to come have tests of their own.
schemathesis.openapi.format("date", strategies.dates(max_value=date.today() - timedelta(2)).map(date.isoformat))
ZONES = sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})
schemathesis.openapi.format("iana-time-zone", strategies.sampled_from(ZONES))
