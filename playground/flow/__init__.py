"""The flow log: a record of every hop of every message, and what is computed from it."""
