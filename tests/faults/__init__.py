"""What happens to diaries when a part of the site fails. docs/faults.md tells it in words."""
