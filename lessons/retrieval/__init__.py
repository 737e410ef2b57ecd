"""Retrieval practice: questions from lessons before, asked again when they begin to fade."""
