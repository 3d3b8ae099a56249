"""From a hit to a committed record: modes, what probing may cost, and the rings."""
