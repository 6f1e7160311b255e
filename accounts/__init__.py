"""The people who use the site: a user is an e-mail address and a password."""
