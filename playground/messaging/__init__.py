"""Asynchronous: how a text gets from the service that announces it to its subscribers.

port.py           the EventBroker port and its types
outbox.py         from the commit to the broker: the relay of the transactional outbox
step_buffer.py    what one step sends together with its next records
batch_writer.py   writes all of that in one go
doorbell.py       tells workers that a queue has messages
replica_slots.py  how many sessions of a service may run at once
consumer.py       a consumer session: receive, process, until the queue is empty
processing.py     what becomes of a delivery: acked, retried, dead-lettered
recovery.py       the sweep: what a dead process has left behind
reconciliation.py the ledger: what was promised, what came true, what is still on its way
parts.py          everything that one process works with
brokers/          adapters of the port, one for each broker
"""
