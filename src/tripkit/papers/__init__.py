"""What we write for others: calendars, structured data, site maps, maps. Values in, bytes or values out; no database."""
