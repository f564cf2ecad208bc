"""The generator of :mod:`bestsms.api`: one description, one reader, one template.

``python -m bestsms._codegen`` writes the package, ``--check`` fails if what is committed differs.
It runs in a checkout only and is not in the wheel.
"""
