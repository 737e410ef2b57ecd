"""The course: lessons as Markdown files, experiments, progress, review, and the classroom.

Each package imports only from those before it: language, measuring, directives, course, learners,
experiment, progress, retrieval. The classroom imports none of them.
"""
