"""The instructor's side: a one-time link, a login, and faults for everybody."""
