"""The laws of capture in an interpreter that keeps no columns (`-X no_debug_ranges`), where positions do not tell enough."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.version_info < (3, 12), reason="code is swapped by its source there, columns play no part")
def test_laws_without_columns() -> None:
    here = Path(__file__).parent
    command = [sys.executable, "-X", "no_debug_ranges", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    files = [str(here / name) for name in ("test_capture_law.py", "test_placing.py")]
    result = subprocess.run([*command, *files], capture_output=True, text=True, timeout=300, cwd=here.parent, check=False)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
