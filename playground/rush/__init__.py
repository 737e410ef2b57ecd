"""The rush: many customers at once, through the real HTTP path.

plan.py       what is asked for, within which bounds; started, stopped, looked at
customers.py  the customers themselves, in a worker
"""
