"""What a playground holds refers to its key. A playground from before has its id as its key."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

HELD = (
    "answeredrequest", "effect", "order", "orderstatus", "outboxmessage", "processedmessage", "user",
)
KEY = {
    "max_length": 24,
    "help_text": "names this generation: all that it holds, here and in Redis, is stored under it",
}


def held_by_playground(**options):
    return models.ForeignKey(
        "playground.playground", django.db.models.deletion.CASCADE, to_field="key",
        db_constraint=False, **options,
    )


def use_ids_as_keys(apps, schema_editor):
    apps.get_model("playground", "Playground").objects.update(key=F("id"))


class Migration(migrations.Migration):
    dependencies = [
        ("playground", "0008_user_ids_are_given_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="playground",
            name="key",
            field=models.CharField(default="", **KEY),
        ),
        migrations.RunPython(use_ids_as_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="playground",
            name="key",
            field=models.CharField(unique=True, **KEY),
        ),
        *(
            migrations.AlterField(
                model_name=model, name="playground", field=held_by_playground(db_index=False)
            )
            for model in HELD
        ),
        migrations.AlterField(
            model_name="fault",
            name="playground",
            field=held_by_playground(null=True, related_name="faults"),
        ),
        migrations.AddField(
            model_name="accesstoken",
            name="key",
            field=models.CharField(
                blank=True, max_length=24, default="",
                help_text="if set, the token is valid only while this is the playground's key",
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="RetiredKey",
            fields=[
                ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                (
                    "delete_at",
                    models.FloatField(
                        db_index=True, help_text="unix seconds; by then no such work is left"
                    ),
                ),
            ],
        ),
    ]
