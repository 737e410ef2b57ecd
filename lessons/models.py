"""What is kept of the course: who teaches, who learns. What learners did is in tables beside."""

from django.db import models


class InstructorLink(models.Model):
    """A link that lets one person in once. Only the SHA-256 of its secret is kept."""

    hash = models.CharField(primary_key=True, max_length=64)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Learner(models.Model):
    """Somebody who learns, without a name: a browser session, or several that share a code."""

    code = models.CharField(max_length=40, unique=True, help_text="opens the progress elsewhere")
    created_at = models.DateTimeField(auto_now_add=True)


class WrongCode(models.Model):
    """Somebody typed a resume code that nobody has: counted, so that nobody can guess."""

    address = models.CharField(max_length=45, db_index=True)
    at = models.DateTimeField()


class LessonVisit(models.Model):
    """Since when a learner has this lesson open: tasks look at what has happened since."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="visits")
    lesson = models.CharField(max_length=60)
    playground = models.CharField(max_length=12)
    cursor = models.CharField(max_length=32, help_text="the flow log's newest record then")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", name="one_visit_per_learner_and_lesson")
        ]


class Said(models.Model):
    """What a learner has guessed, seen or decided at a step of a lesson."""

    class Role(models.TextChoices):
        GUESS = "guess"
        OBSERVATION = "observation"
        TRANSFER = "transfer"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="said")
    lesson = models.CharField(max_length=60)
    step = models.CharField(max_length=40)
    role = models.CharField(max_length=12, choices=Role)
    value = models.JSONField()
    confidence = models.PositiveSmallIntegerField(null=True, help_text="1 to 4, of a guess")
    words = models.TextField(max_length=2000, blank=True, help_text="why")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", "step", name="a_step_is_answered_once"),
            models.CheckConstraint(
                condition=models.Q(confidence=None) | models.Q(confidence__range=(1, 4)),
                name="a_true_confidence",
            ),
        ]


class LessonRun(models.Model):
    """A learner's newest run of an experiment, and what was measured of it."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="lesson_runs")
    lesson = models.CharField(max_length=60)
    run = models.CharField(max_length=40, help_text="its id in the lesson")
    playground = models.CharField(max_length=12)
    after = models.CharField(max_length=32, help_text="the flow log's newest record before it")
    was_guessed = models.BooleanField(help_text="or only run")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    runs = models.JSONField(default=list, help_text="the ids of its runs in the flow log")
    found = models.JSONField(default=dict, help_text="what was measured, when it had settled")

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", "run", name="the_newest_run_is_kept")
        ]


class TaskDone(models.Model):
    """A task that has ticked itself."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="tasks_done")
    lesson = models.CharField(max_length=60)
    task = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", "task", name="a_task_is_done_once")
        ]


class Answer(models.Model):
    """A learner has answered a question of an earlier lesson. None is ever changed."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=130, help_text="its id in the course")
    choice = models.CharField(max_length=80)
    is_right = models.BooleanField()
    place = models.CharField(max_length=80, help_text="the lesson whose warm-up asked; or review")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("learner", "at", name="answers_of_a_learner")]
