"""The ledger drills: a provider in a process of its own that writes down what it accepted."""
