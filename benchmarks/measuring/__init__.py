"""The parts of ``benchmarks/speed.py``: server, clients, runs, what is found, and its chart."""
