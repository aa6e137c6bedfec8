"""Detectors: one file, one entity."""
