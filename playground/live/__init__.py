"""The live view: sends records from the flow log to browsers.

pump.py       reads the logs of all playgrounds with sockets; one pump per web process
feed.py       the sockets of one playground, and their cursors
status.py     what the pump reads beside the log: figures, queue depths, faults, design
slices.py     long work on the event loop, a slice at a time
frames.py     the frames, as JSON (docs/asyncapi.yaml)
consumer.py   the WebSocket: authenticate, join the pump, pass frames
polling.py    long polling, for networks that let no WebSocket through
"""
