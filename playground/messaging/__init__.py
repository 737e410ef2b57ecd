"""Asynchronous: how a text gets from the service that announces it to its subscribers.

port.py           the EventBroker port and its types
relay.py          publishes what a step has committed: the relay of the transactional outbox
outbox_cleaner.py deletes outbox rows that the broker has confirmed
step_buffer.py    holds a step's messages and acks until its next records are stored
batch_writer.py   writes records, messages, doorbells and acks in one go
doorbell.py       starts a worker's task for a queue that has messages
replica_slots.py  how many sessions of a service may run at once
consumer.py       a consumer session: receive, process, until the queue is empty
processing.py     one batch of deliveries: run the handlers, then ack, retry or dead-letter
recovery.py       the sweep: finishes what a dead process has left behind
reconciliation.py the ledger: expected against actual effects, and why they differ
parts.py          the adapters and stores of one process
brokers/          adapters of the port, one for each broker
"""
