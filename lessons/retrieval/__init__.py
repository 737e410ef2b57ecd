"""Retrieval practice: questions from earlier lessons, asked again in warm-ups and reviews."""
