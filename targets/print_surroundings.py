"""Says what a program can see of how it was started."""

import os
import sys

print(__name__, os.path.basename(__file__))
print(sys.argv)
print(os.path.basename(sys.path[0]))
print(os.path.basename(os.getcwd()))
