"""The project: settings, URLs, and the parts joined together."""
