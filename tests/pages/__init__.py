"""Every page of the site with a life in it: for the accessibility checks and for the screenshots."""
