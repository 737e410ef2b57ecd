"""From the flow log to the browsers: the pump, the sockets, the frames.

pump.py       reads the streams that have sockets here; one per web process
feed.py   the sockets of one playground, and where they are in its log
frames.py     what goes over the wire (docs/asyncapi.yaml)
consumer.py   the door: authenticate, join, pass frames
"""
