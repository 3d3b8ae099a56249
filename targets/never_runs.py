"""Names in code that is never reached. Probe: `unreached` (line 6), `dead` (line 11), `constant` (line 15: the compiler removes it)."""


def uncalled():
    if True:
        unreached = 1
    return unreached


if __name__ == "somewhere else":
    dead = 1


def folded():
    if 0: constant = 1
    return 2


folded()
