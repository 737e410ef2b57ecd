"""What the course stores: instructors' links, learners, and what learners did."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from playground.bounds import MAX_ANSWER

# A page says every 3 s that it is still carrying out its run (static/js/lesson/run.js).
ALIVE_FOR = timedelta(seconds=12)


class InstructorLink(models.Model):
    """A link that signs one instructor in, once. Only the SHA-256 of its secret is stored."""

    hash = models.CharField(primary_key=True, max_length=64)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Learner(models.Model):
    """A learner without a name: one browser session, or several that share a resume code."""

    code = models.CharField(
        max_length=40, unique=True, help_text="resumes the course on another device"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(
        default=timezone.now, db_index=True,
        help_text="to the day: who does not come back is deleted",
    )  # fmt: skip


class LessonVisit(models.Model):
    """When a learner opened a lesson. Its tasks look at what happened since."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="visits")
    lesson = models.CharField(max_length=60)
    playground = models.CharField(max_length=12)
    cursor = models.CharField(
        max_length=32, help_text="the newest record of the flow log at that time"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", name="one_visit_per_learner_and_lesson")
        ]


class Said(models.Model):
    """A learner's answer to a step of a lesson: a guess, an observation or a decision."""

    class Role(models.TextChoices):
        GUESS = "guess"
        OBSERVATION = "observation"
        TRANSFER = "transfer"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="said")
    lesson = models.CharField(max_length=60)
    step = models.CharField(max_length=40)
    role = models.CharField(max_length=12, choices=Role)
    value = models.JSONField()
    confidence = models.PositiveSmallIntegerField(null=True, help_text="of a guess: 1 to 4")
    words = models.TextField(max_length=MAX_ANSWER, blank=True, help_text="the reason given")
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
    """A learner's newest run of an experiment, and what was measured."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="lesson_runs")
    lesson = models.CharField(max_length=60)
    run = models.CharField(max_length=40, help_text="the run's id in the lesson")
    playground = models.CharField(max_length=12)
    after = models.CharField(max_length=32, help_text="the newest record of the flow log before it")
    was_guessed = models.BooleanField(help_text="false if it was run without a guess")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    mark = models.CharField(
        max_length=12, default="", help_text="the actor of what the run changes in the playground"
    )
    tab = models.CharField(max_length=12, default="", help_text="the browser tab that began it")
    alive_at = models.DateTimeField(
        null=True, help_text="when that tab last said that it carries it out; null once given up"
    )
    runs = models.JSONField(default=list, help_text="the ids of its runs in the flow log")
    found = models.JSONField(default=dict, help_text="what was measured once it had settled")

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", "run", name="the_newest_run_is_kept")
        ]
        indexes = [models.Index("playground", "ended_at", name="unfinished_runs")]

    @property
    def is_given_up(self) -> bool:
        """It was begun, and no page carries it out any more."""
        return self.ended_at is None and (
            self.alive_at is None or timezone.now() - self.alive_at > ALIVE_FOR
        )


class TaskDone(models.Model):
    """A task that a learner has done."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="tasks_done")
    lesson = models.CharField(max_length=60)
    task = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("learner", "lesson", "task", name="a_task_is_done_once")
        ]


class Answer(models.Model):
    """A learner's answer to a question of an earlier lesson. Rows are never changed."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=130, help_text="the question's id in the course")
    choice = models.CharField(max_length=80)
    is_right = models.BooleanField()
    place = models.CharField(
        max_length=80, help_text="the slug of the lesson whose warm-up asked, or `review`"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("learner", "at", name="answers_of_a_learner")]
