"""What commands print, a module a report: text for people, and values for JSON."""
