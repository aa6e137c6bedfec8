"""Transforms beside their peers; one topic a file, each with ``measure``."""
