"""The placer of this process, which outlives the agent of a fork's parent."""

from __future__ import annotations

from .placer import open_placer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._hit.hits import Placer, State, StateFn


class Places:
    """The placer, and whoever hears of its probes."""

    def __init__(self) -> None:
        self.report: StateFn | None = None
        self.placer: Placer = open_placer(self._report)

    def _report(self, probe_id: str, state: State, code: str | None, message: str | None) -> None:
        if self.report is not None:
            self.report(probe_id, state, code, message)
