"""How a message gets from one service to another: design and faults applied to each hop.

perform.py   a handler at work, and its unit of work committed
calls.py     a call: ask, wait, answer or error          (ServiceCalls)
outbox.py    a text on its way to the broker
doorbell.py  "there is something in your queue"
serve.py     a text on its way from the broker to its handler
sweep.py     whatever was forgotten, twice a second
"""
