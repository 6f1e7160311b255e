"""Tags for the pages of accounts."""
