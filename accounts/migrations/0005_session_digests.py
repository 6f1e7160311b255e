"""Keys of sessions become digests. Nobody is logged out: browsers and apps keep their keys, and are found by them."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from accounts.session_store import stored_key


def digest_keys(apps: Any, schema_editor: Any) -> None:
    Session = apps.get_model("sessions", "Session")
    UserSession = apps.get_model("usersessions", "UserSession")
    Session.objects.filter(expire_date__lte=timezone.now()).delete()  # nobody has swept lately
    for model in (Session, UserSession):
        for key in list(model.objects.values_list("session_key", flat=True)):
            model.objects.filter(session_key=key).update(session_key=stored_key(key))


def end_sessions(apps: Any, schema_editor: Any) -> None:
    """No key comes back out of its digest: going back logs everybody out."""
    for app, model in (("sessions", "Session"), ("usersessions", "UserSession")):
        apps.get_model(app, model).objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_data_keys'),
        ('sessions', '0001_initial'),
        ('usersessions', '0001_initial'),
    ]

    operations = [migrations.RunPython(digest_keys, end_sessions)]
