"""Benchmarks against alternatives, both measured in one run: `make bench`, docs/benchmarks.md."""
