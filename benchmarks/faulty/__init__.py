"""The parts of ``benchmarks/faults.py``: faults, server, peers, runs and the report."""
