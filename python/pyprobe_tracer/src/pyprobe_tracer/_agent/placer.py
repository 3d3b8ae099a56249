"""The placer of a process: see `Placer` in `hits.py` for what it promises.

Everything that places probes (and `ast`, `dis` and what they bring along) is loaded when the first probe is added: a program
that is watched without a probe does not wait for it at its start.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Callable

    from .._hit.hits import Anchor, CaptureFn, Mechanism, Placer, StateFn


def open_placer(report: StateFn) -> Placer:
    """Takes nothing of the interpreter's until the first probe is added."""
    return WaitingPlacer(report)


class WaitingPlacer:
    """Passes everything on to the placer of the mechanism, which exists from the first probe on."""

    mechanism: Mechanism = "monitoring" if sys.version_info >= (3, 12) else "code_swap"

    def __init__(self, report: StateFn) -> None:
        self._report = report
        self._placer: Placer | None = None
        self._has_begun = False

    def add(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
        if self._placer is None:
            try:
                self._placer = _make_placer(self._report)
                # The program may have begun while all that was imported: looked at after the placer can be seen.
                if self._has_begun:
                    self._placer.begin()
            except Exception as error:
                text = f"Cannot place probe {probe_id}: {type(error).__name__} in the agent: {error}"
                self._report(probe_id, "failed", "fault", text)
                return
        self._placer.add(probe_id, number, anchor, capture)

    def remove(self, probe_id: str) -> None:
        if self._placer is not None:
            self._placer.remove(probe_id)

    def arm(self, probe_id: str) -> None:
        if self._placer is not None:
            self._placer.arm(probe_id)

    def rest(self, probe_id: str) -> None:
        if self._placer is not None:
            self._placer.rest(probe_id)

    def hit_cost_ns(self, capture: CaptureFn, again: Callable[[], object]) -> float:
        return 0.0 if self._placer is None else self._placer.hit_cost_ns(capture, again)

    def begin(self) -> None:
        self._has_begun = True
        if self._placer is not None:
            self._placer.begin()

    def prepare(self, source: bytes, filename: str) -> CodeType:
        self._has_begun = True
        if self._placer is not None:
            return self._placer.prepare(source, filename)
        code: CodeType = compile(source, filename, "exec", dont_inherit=True)
        return code

    def tick(self) -> None:
        if self._placer is not None:
            self._placer.tick()

    def fork_child(self) -> None:
        if self._placer is not None:
            self._placer.fork_child()

    def close(self) -> None:
        if self._placer is not None:
            self._placer.close()


def _make_placer(report: StateFn) -> Placer:
    if sys.version_info >= (3, 12):
        from .._monitoring.placer import MonitoringPlacer

        return MonitoringPlacer(report)
    from .._swap.placer import SwapPlacer

    return SwapPlacer(report)
