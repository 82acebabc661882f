"""Benchmarks: ratios and times measured in one run. A benchmark is not a test."""
