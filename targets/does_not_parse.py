"""The third line is not Python."""

def broken(:
    pass
