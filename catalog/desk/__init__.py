"""What the admin's pages of the catalogue show."""
