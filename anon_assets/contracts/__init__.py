"""What a member of each family must be: transform, detector, check, database, KMS, store."""
