"""The rush: many customers at once, through the real HTTP path.

plan.py       a rush's parameters and bounds, its progress, and when its work is finished
service.py    start, stop, show and run a rush
customers.py  sends the customers' requests, in a worker
long_work.py  what rushes and twins have in common: one worker, signs of life, stop
admission.py  limits all rushes and twins of this server together
outcome.py    how the work for the customers ended, counted in the database
store.py      plan and progress of each playground's rush, on Redis
"""
