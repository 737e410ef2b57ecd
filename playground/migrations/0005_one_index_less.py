"""Indexes that begin with the playground serve its foreign key, too (models.py says why)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("playground", "0004_lines_that_ran"),
    ]

    operations = [
        migrations.AlterField(
            model_name="answeredrequest",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="orderstatus",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="processedmessage",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="playground",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="playground.playground",
            ),
        ),
    ]
