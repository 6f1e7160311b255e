"""Seals what was written so far, some rows at a time: interrupted, it goes on where it stopped."""

from django.db import migrations

from diary.migrations import _seal


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0004_data_keys'),
        ('diary', '0006_sealed_columns'),
    ]

    operations = [
        migrations.RunPython(_seal.seal_everything, _seal.open_everything),
    ]
