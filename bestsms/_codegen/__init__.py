"""The generator of :mod:`bestsms.api`: one description, and a template for each kind of file.

``python -m bestsms._codegen`` writes the package, ``--check`` fails if what is committed differs.
It runs in a checkout only and is not in the wheel.
"""
