"""Benchmarks: each one command, each figure beside its floor from the same run."""
