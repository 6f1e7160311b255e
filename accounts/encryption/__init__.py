"""Encryption at rest of what people write (AES-256-GCM under a key of each person's own)."""
