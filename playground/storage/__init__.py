"""What is kept, and where: repositories on Django's ORM, and the shared store on Redis.

repository.py        the company's users, orders and effects; a unit of work committed
playgrounds.py       finding and making playgrounds
write_lock.py        short write transactions, one after the other on SQLite
redis_adapter.py     what every adapter on Redis has in common: its errors
redis_per_thread.py  a Redis connection of its own for each thread
"""
