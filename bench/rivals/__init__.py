"""The alternatives that we compare with: the obvious ways to build the same."""
