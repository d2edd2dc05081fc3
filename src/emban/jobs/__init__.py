"""Work that outlives a request: a queue in PostgreSQL (procrastinate), and the workers that take jobs from it.

A job is added in the transaction that causes it, carries its org, and is done at least once: whoever handles one must
bear that it was done before.
"""
