"""The twin run: the same customers under two designs at once, side by side.

plan.py       designs, steps and bounds; the customers of each step
service.py    start, stop, show and run a twin
runner.py     carries out the steps on both sides at the same moments, in a worker
story.py      follows one side's records: when each customer was answered, and the work done
outcome.py    one side in figures: answers, effects and the ledger
store.py      plan and progress of each playground's twin, on Redis
"""
