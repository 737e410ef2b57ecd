"""The instructor's page: signing in with a one-time link, and faults for the whole class."""
