"""Storage: the repository on Django's ORM, and the shared store on Redis.

repository.py        the company's users, orders and effects; commits units of work
playgrounds.py       creates playgrounds and finds the one of a session or token
sessions.py          what a browser session has one of
write_lock.py        short write transactions, one at a time on SQLite
redis_adapter.py     translates Redis's errors into those of a port
redis_per_thread.py  one Redis connection per thread
"""
