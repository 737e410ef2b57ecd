"""The most that a client may send, ask for and leave behind: every bound, in one place.

They are constants and not settings, because the code and the documents rely on them and no
deployment has a use for others; and they are here, below all rooms, because each room meets some
of them. What a plan may ask of the company (the rate of a rush, a design's time-outs) is written
in the model of that plan.
"""

KB = 1024

# A request. webapp/http_request.py refuses what is larger before it is read.
MAX_BODY = 64 * KB  # bytes
MAX_PATH = 2000  # characters, as sent
MAX_HEAD = 16 * KB  # bytes: the request line and all headers
MAX_HEADERS = 100

# New playgrounds from one address in a minute; behind one address there may be several classes
MAX_NEW_PLAYGROUNDS = 60  # for scripts
MAX_NEW_PLAYGROUNDS_OF_BROWSERS = 600

# JSON from outside (playground/parsing.py)
MAX_DEPTH = 16  # of lists and objects inside each other
MAX_FREE_FORM = 4 * KB  # characters of a value whose fields no model knows

# Texts in forms and headers
MAX_IDEMPOTENCY_KEY = 128  # characters
MAX_ANSWER = 2000  # characters of a reason that a learner gives; what is beyond is cut off
MAX_SEARCH = 80  # characters of a search of the course; what is beyond is cut off
MAX_RUNS = 200  # ids of runs that one run of a lesson may name

# The flow log of a playground
KEPT_RECORDS = 5000  # a log may keep a few more
MAX_RECORD = 4 * KB  # bytes, as JSON

# A search of the flow log. What it costs is records × words; a filter with many values is one look-up.
MAX_QUERY = 8000  # characters: a few hundred message ids
MAX_WORDS = 16  # words and filters

# A socket. What a client does not read waits in memory, and so do frames that are not yet handled.
MAX_FRAME = 4096  # characters of one frame from a client
MAX_WAITING_FRAMES = 32  # from one client
MAX_UNREAD = 1024 * KB  # bytes that one client has not read
UNREAD, TOO_MANY_FRAMES = 4408, 4429  # close codes; the page comes back with its cursor
UNREAD_S = 30.0  # how long a client that is catching up may take to read one frame
MAX_POLLED = 1024 * KB  # bytes of frames in one answer to a poll; the next brings the rest
