"""Room for sealed texts and tags, beside the plain ones."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('diary', '0005_reminders'),
    ]

    operations = [
        # Nullable, so that the step back can make the columns first and fill them then.
        migrations.AlterField('entry', 'text', models.TextField(null=True)),
        migrations.AlterField('tag', 'name', models.CharField(max_length=30, null=True)),
        migrations.AddField('entry', 'sealed_text', models.BinaryField(null=True)),
        migrations.AddField('tag', 'sealed_name', models.BinaryField(null=True)),
        migrations.AddField('tag', 'digest', models.BinaryField(max_length=32, null=True)),
    ]
