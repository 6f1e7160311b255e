"""What the admin's pages of the catalogue show and filter by."""
