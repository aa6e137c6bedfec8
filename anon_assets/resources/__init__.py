"""Databases, key services and stores."""
