"""Databases: one package or file, one kind."""
