"""The parts of ``benchmarks/calls.py``: server, peers, runs, the report and its chart."""
