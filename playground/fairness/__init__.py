"""Fairness: what one playground may take of what all playgrounds share.

shares.py   every share, in one place
turns.py    who may take the next free place
"""
