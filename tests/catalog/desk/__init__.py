"""What the admin shows and filters by."""
