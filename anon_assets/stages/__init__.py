"""The product without an orchestrator: extract, scan, anonymize, validate, publish."""
