"""Key management services: one file, one kind."""
