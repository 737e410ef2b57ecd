"""Synchronous: one service asks another and waits for the answer.

in_process.py       the ServiceCalls port: time-out, retries, breaker
callees.py          the thread pool in which callees work
circuit_breaker.py  the breaker's rules, pure
breaker_store.py    the state of every breaker, on Redis
bulkhead.py         the gateway's request slots
"""
