"""What a lesson asks of a run: matches, measures and conditions over its evidence. Pure."""
