"""Checks: one file per property that the anonymized data must have before it is published."""
