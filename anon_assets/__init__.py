"""Anonymized data products people can trust: extract, scan, anonymize, validate, publish.

Importing this package loads neither Dagster nor a database driver nor Great Expectations.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
