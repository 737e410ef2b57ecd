"""Learners without a name: one browser session, or several that share a resume code."""
