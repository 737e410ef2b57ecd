"""The services, one file each. `company/topology.py` says how they are connected."""
