"""The experiment of a lesson: predict, run, observe, and see the verdict."""
