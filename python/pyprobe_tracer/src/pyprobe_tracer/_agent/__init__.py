"""The agent of one process: its probes, its link, and what it tells of the program beside captures."""
