"""From an anchor to code objects and instructions, for both mechanisms."""
