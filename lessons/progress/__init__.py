"""A learner's progress: the lessons done, the resume code, and a summary to print."""
