"""An array of 10 GB that was never touched: a capture must be a summary and must not make it real. Needs numpy. Probe: `huge`.

Prints the growth of this process in MB.
"""

import resource

import numpy as np

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
huge = np.zeros(1_250_000_000)
huge[0] = 1.0
again = huge
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024)
