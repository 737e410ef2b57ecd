"""One fault of a kind is on at a target. Of several, the one that was switched on last stays."""

from django.db import migrations, models
from django.db.models import Q


def keep_the_newest(apps, schema_editor):
    faults = apps.get_model("playground", "Fault").objects
    seen = set()
    for row in faults.filter(is_recorded=True).order_by("-starts_at", "-id"):
        place = (row.playground_id, row.kind, row.target)
        if place in seen:
            faults.filter(id=row.id).delete()
        seen.add(place)


class Migration(migrations.Migration):
    dependencies = [
        ("playground", "0009_generations"),
    ]

    operations = [
        migrations.RunPython(keep_the_newest, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                models.F("playground"), models.F("kind"), models.F("target"),
                condition=Q(is_recorded=True), name="one_fault_on_per_kind_and_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                models.F("kind"), models.F("target"),
                condition=Q(is_recorded=True, playground=None),
                name="one_fault_for_all_per_kind_and_target",
            ),
        ),
    ]
