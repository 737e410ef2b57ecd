"""What we measure ourselves against: the obvious ways to build the same."""
