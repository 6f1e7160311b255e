"""Looking back over entries: calendar, year, trends. Reads only, and of the person who asks alone."""
