"""Stores: one file, one kind."""
