"""Looks once more that every sealed text opens to the plain one, then drops the plain ones: all or nothing."""

from django.db import migrations, models

import diary.fields
from diary.migrations import _seal


class Migration(migrations.Migration):

    dependencies = [
        ('diary', '0007_seal_texts'),
    ]

    operations = [
        migrations.RunPython(_seal.check_everything, migrations.RunPython.noop),
        migrations.RemoveConstraint('tag', 'one_tag_a_name'),
        migrations.RemoveField('entry', 'text'),
        migrations.RemoveField('tag', 'name'),
        migrations.RenameField('entry', 'sealed_text', 'text'),
        migrations.RenameField('tag', 'sealed_name', 'name'),
        migrations.AlterField('entry', 'text', diary.fields.EncryptedTextField(row_name='pk', verbose_name='일기')),
        migrations.AlterField('tag', 'name', diary.fields.EncryptedTextField(row_name='digest', verbose_name='태그')),
        migrations.AlterField('tag', 'digest', models.BinaryField(max_length=32)),
        migrations.AddConstraint(
            'tag', models.UniqueConstraint(fields=('user', 'digest'), name='one_tag_a_digest')
        ),
    ]
