"""Two options of lessons 2 and 4 have a new value; answers that were given keep their meaning."""

from django.db import migrations

RENAMED = {
    ("the-line-is-busy", "where-was-it"): ("door", "gateway"),
    ("the-rush", "tickets"): ("door", "refuse"),
}


def rename(apps, schema_editor):
    for (lesson, step), (old, new) in RENAMED.items():
        _change(apps, lesson, step, old, new)


def rename_back(apps, schema_editor):
    for (lesson, step), (old, new) in RENAMED.items():
        _change(apps, lesson, step, new, old)


def _change(apps, lesson, step, before, after):
    said = apps.get_model("lessons", "Said").objects.filter(lesson=lesson, step=step, value=before)
    said.update(value=after)
    for run in apps.get_model("lessons", "LessonRun").objects.filter(lesson=lesson):
        if run.found.get(step) == before:
            run.found[step] = after
            run.save(update_fields=["found"])


class Migration(migrations.Migration):
    dependencies = [("lessons", "0004_answers")]
    operations = [migrations.RunPython(rename, rename_back)]
