"""Rename the attribute `is_told` to `is_recorded`; the column keeps its name."""

from django.db import migrations, models

COLUMN = models.BooleanField(
    default=True,
    db_column="is_told",
    help_text="false for a storm's fault until the sweep has recorded that it began",
)


class Migration(migrations.Migration):
    dependencies = [
        ("playground", "0005_one_index_less"),
    ]

    operations = [
        migrations.AlterField(model_name="fault", name="is_told", field=COLUMN),
        migrations.RenameField(model_name="fault", old_name="is_told", new_name="is_recorded"),
    ]
