"""What the benchmarks beside other clients share: their venvs, and the providers' answers."""
