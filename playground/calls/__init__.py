"""Synchronous: one service asks another and waits for the answer.

in_process.py       the ServiceCalls port: time-out, retries, breaker
callees.py          the threads in which callees work
circuit_breaker.py  the breaker's rules, pure
breaker_store.py    where the state of every breaker is kept
bulkhead.py         the gateway's request slots
"""
