"""The services, a file each. Who is wired to whom stands in `company/topology.py`."""
