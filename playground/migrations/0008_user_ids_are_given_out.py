"""Count the user ids that a playground gives out. A playground goes on after its largest one."""

from django.db import migrations, models
from django.db.models import Max


def go_on_after_the_largest(apps, schema_editor):
    users = apps.get_model("playground", "User").objects.values_list("playground")
    playgrounds = apps.get_model("playground", "Playground").objects
    for playground, largest in users.annotate(largest=Max("number")).order_by():
        playgrounds.filter(id=playground, last_user__lt=largest).update(last_user=largest)


class Migration(migrations.Migration):
    dependencies = [
        ("playground", "0007_help_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="playground",
            name="last_user",
            field=models.PositiveIntegerField(
                default=0, help_text="the largest user id that was given out"
            ),
        ),
        migrations.RunPython(go_on_after_the_largest, migrations.RunPython.noop),
    ]
