"""The course: lessons as Markdown files, experiments, progress, review, and the classroom."""
