"""Whether a text can be the condition of a probe, as the running interpreter parses it.

    python check.py       reads the text from stdin (UTF-8)

prints one JSON object: the result of `condition.check` in the protocol. Runs alone, without the package being installed.
"""

from __future__ import annotations

import json
import os
import sys

if not __package__:
    # Run as a file: Python put this folder on the path, the package is the folder itself.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "pyprobe_tracer"

from pyprobe_tracer._condition.syntax import parse
from pyprobe_tracer._condition.text import ConditionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check(text: str) -> dict[str, Any]:
    try:
        parse(text)
    except ConditionError as error:
        return {"error": {"column": error.column, "endColumn": error.end_column, "message": error.message}}
    return {"error": None}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(check(sys.stdin.buffer.read().decode("utf-8", "replace"))))
