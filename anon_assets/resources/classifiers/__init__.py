"""Classifiers: one file, one kind."""
