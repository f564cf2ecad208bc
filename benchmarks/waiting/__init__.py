"""The parts of ``benchmarks/waits.py``: provider, one measurement, and the report."""
