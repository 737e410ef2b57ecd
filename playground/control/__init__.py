"""Show and change a playground: the functions behind the page and the control API.

snapshot.py      the state of a playground
changes.py       changes its design, and the functions whose lines a lesson watches
faults.py        faults and storms, in one playground or in all of them
dead_letters.py  list, replay and discard dead letters
lifecycle.py     reset, delete, expire
presence.py      which playgrounds have open sockets
heartbeat.py     which workers are alive
"""
