"""The company, and everything that makes it run. Each room imports only from those before it.

company     the taught system, plain Python      models      the database tables
design      what an architect chooses            storage     what is kept, and where
faults      what goes wrong, and what it hits    flow        the log, and what is read from it
handling    one hop                              calls       synchronous
messaging   asynchronous                         bootstrap   the wiring
rush, twin  many customers                       control     look into a playground, change it
api         HTTP                                 live        records to the browsers
workers     Celery tasks

docs/architecture.md follows an order through them, and says at its end where to find what.
"""

__version__ = "0.1.0"
