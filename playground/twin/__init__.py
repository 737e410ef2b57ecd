"""The twin run: the same customers under two designs at once, side by side.

plan.py       what is asked for, within which bounds; who comes when, with what
runner.py     the customers of both sides and the steps between them, in a worker
story.py      what the records of one side tell: who was answered, finished, worked on when
outcome.py    one side in figures: answers, effects and the ledger
book.py       what a playground's twin is doing, in Redis
"""
