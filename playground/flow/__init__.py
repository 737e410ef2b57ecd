"""The flow log: every hop of every message, and what can be read from it."""
