"""Looking into a playground, and changing it: the functions behind the page and the control API.

snapshot.py      what a playground is like now
changes.py       its design, and the functions whose lines a lesson watches
faults.py        faults and storms, in one playground or in all of them
dead_letters.py  look at dead letters, replay or discard them
lifecycle.py     reset and delete
presence.py      which playgrounds are being watched
heartbeat.py     which workers are alive
"""
