"""Measurements against rivals, each in the same run. `make bench`; docs/benchmarks.md."""
