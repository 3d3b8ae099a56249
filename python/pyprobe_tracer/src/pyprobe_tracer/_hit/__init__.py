"""What both mechanisms do at a hit: find the call it belongs to, and read the variable."""
