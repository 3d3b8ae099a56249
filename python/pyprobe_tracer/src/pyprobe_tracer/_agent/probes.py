"""The probes of one agent: wished for, placed, armed, counted, and taken out again.

Made and filled on the program's main thread before its first line; after that they are the link thread's.
"""

from __future__ import annotations

from time import monotonic_ns

from .._capture.capture import work_time_ns
from .._capture.govern import EXTRA_NS, Budget, Meter
from .._hit.hits import Anchor
from .._source.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .._capture.capture import Recorder
    from .._condition.condition import Condition
    from .._hit.hits import CaptureFn, Placer, State
    from .._value.redact import Redactor

_ADAPT_NS = 1_000_000_000
_RESTING_MODES = ("auto", "latest", "when")


class _Probe:
    __slots__ = ("anchor", "arms", "condition", "is_cause_told", "meter", "mode", "number", "said", "switch")

    def __init__(self, number: int, anchor: Anchor, mode: dict[str, Any], meter: Meter) -> None:
        self.number = number
        self.anchor = anchor
        self.mode = mode
        self.meter = meter
        self.condition: Condition | None = None
        self.is_cause_told = False
        self.arms = 0
        self.switch: CaptureFn = _no_capture
        self.said: tuple[int, ...] = ()


class Probes:
    def __init__(self, placer: Placer, recorder: Recorder, budget: Budget, redactor: Redactor, say: Callable[..., None]) -> None:
        """`say` tells the engine of an event."""
        self._placer = placer
        self._recorder = recorder
        self._budget = budget
        self._redactor = redactor
        self._say = say
        self._probes: dict[str, _Probe] = {}
        self._hook_ns: dict[str, float] = {}
        """By kind of mode."""
        self._removed: dict[str, tuple[int, dict[str, int]]] = {}
        """Captures and skips: a probe that is put back counts on from there."""

    def has_probe_in(self, path: str) -> bool:
        files = Files()
        return any(files.key(probe.anchor.file) == files.key(path) for probe in tuple(self._probes.values()))

    def add(self, spec: dict[str, Any]) -> None:
        probe_id, where, mode = spec["id"], spec["anchor"], spec["mode"]
        anchor = Anchor(*(where[name] for name in Anchor._fields))
        extra_ns = EXTRA_NS[self._placer.mechanism]
        meter = Meter(probe_id, self._budget, _is_budgeted(mode), extra_ns, now_ns=monotonic_ns())
        if probe_id in self._removed:
            meter.count_on(*self._removed.pop(probe_id))
        self._probes[probe_id] = _Probe(int(probe_id[1:]), anchor, mode, meter)
        self._divide_budget()
        self._place(probe_id)

    def _place(self, probe_id: str) -> None:
        probe = self._probes[probe_id]
        if not self._set_switch(probe):
            return
        # Swapped code that is running keeps the function it was made with, so there a new mode goes through one more call.
        is_kept = self._placer.mechanism != "monitoring"
        self._placer.add(probe_id, probe.number, probe.anchor, _switched(probe) if is_kept else probe.switch)

    def _set_switch(self, probe: _Probe) -> bool:
        """False when its mode has a condition that is none; that has been said."""
        probe.condition, probe.is_cause_told = None, False
        if probe.mode["kind"] == "when":
            from .._condition.condition import Condition, ConditionError

            try:
                probe.condition = Condition(probe.mode["expression"], probe.anchor)
            except ConditionError as error:
                text = f'Cannot evaluate "{probe.mode["expression"]}": {error.message} (column {error.column + 1})'
                self.report(probe.meter.id, "failed", "bad_condition", text)
                return False
        is_secret = self._redactor.hides_name(probe.anchor.symbol)
        probe.switch = self._recorder.capture_fn(probe.number, probe.meter, probe.mode, is_secret, probe.condition)
        return True

    def remove(self, probe_id: str) -> None:
        self._placer.remove(probe_id)
        self.send_counters()
        probe = self._probes.pop(probe_id, None)
        if probe is not None:
            self._removed[probe_id] = (probe.meter.captures, probe.meter.skipped())
        self._divide_budget()

    def _divide_budget(self) -> None:
        self._budget.meters = sum(probe.meter.is_budgeted for probe in self._probes.values()) or 1

    def update(self, probe_id: str, mode: dict[str, Any]) -> None:
        probe = self._probes[probe_id]
        had_failed, was_told = probe.switch is _no_capture, probe.is_cause_told
        probe.mode = mode
        probe.meter.is_budgeted = _is_budgeted(mode)
        probe.meter.pace.hook_ns = self._hook_ns.get(mode["kind"])
        self._divide_budget()
        if self._placer.mechanism == "monitoring" or had_failed:
            self._placer.remove(probe_id)
            self._place(probe_id)
        elif self._set_switch(probe):
            self._placer.arm(probe_id)
            if was_told:
                self.report(probe_id, "armed", None, None)
        else:
            self._placer.remove(probe_id)
            probe.switch = _no_capture

    def report(self, probe_id: str, state: State, code: str | None, message: str | None) -> None:
        """The placer's: what became of a probe. On any thread."""
        said: dict[str, Any] = {"id": probe_id, "state": state}
        if code is not None:
            said["code"] = code
        if message is not None:
            said["message"] = message
        probe = self._probes.get(probe_id)
        if probe is not None and state == "failed" and code == "fault":
            probe.meter.skips["fault"] += 1
        self._say("probe", **said)

    def let_work(self) -> bool:
        """Arms the places that rest, once the budget allows. Are there any?"""
        rests = False
        for probe in tuple(self._probes.values()):
            meter = probe.meter
            if meter.rests and meter.pace.hook_ns is None:
                self._rehearse(probe)
            if not meter.rest_since_ns:
                if meter.is_budgeted:  # so that what it does not need reaches those that rest
                    meter.fill(monotonic_ns())
            elif meter.may_work(monotonic_ns()):
                # Twice, a tick apart: the mechanism may be just about to rest what asked for it.
                probe.arms = 2
            if probe.arms:
                probe.arms -= 1
                started_ns = work_time_ns()
                self._placer.arm(meter.id)
                meter.charge(work_time_ns() - started_ns)
            rests = rests or meter.rest_since_ns > 0 or probe.arms > 0
        return rests

    def rehearse(self) -> None:
        """What a rest will need, before the program's first line: there it holds up nothing that is timed."""
        for probe in self._probes.values():
            if probe.mode["kind"] in _RESTING_MODES and probe.switch is not _no_capture:
                self._rehearse(probe)

    def _rehearse(self, probe: _Probe) -> None:
        """What hits cost that are only counted, once for each kind of mode."""
        kind = probe.mode["kind"]
        if kind not in self._hook_ns:
            count, again = self._recorder.counting_fn(probe.mode, probe.condition)
            if self._placer.mechanism != "monitoring":
                twin = _Probe(0, probe.anchor, probe.mode, probe.meter)
                twin.switch, count = count, _switched(twin)
            self._hook_ns[kind] = self._placer.hit_cost_ns(count, again)
        probe.meter.pace.hook_ns = self._hook_ns[kind]

    def adapt(self) -> None:
        """Once a second."""
        for probe in tuple(self._probes.values()):
            probe.meter.adapt(_ADAPT_NS)

    def send_counters(self) -> None:
        changed = []
        for probe in tuple(self._probes.values()):
            self._tell_cause(probe)
            meter = probe.meter
            skipped = meter.skipped()
            state = (meter.captures, *skipped.values())
            if state != probe.said:
                probe.said = state
                cost_ns = round(meter.cost_ns, 1)
                changed.append({"id": meter.id, "captures": meter.captures, "skipped": skipped, "costNs": cost_ns})
        if changed:
            self._say("counters", probes=changed)

    def _tell_cause(self, probe: _Probe) -> None:
        cause = None if probe.condition is None else probe.condition.cause
        if cause is not None and not probe.is_cause_told:
            probe.is_cause_told = True
            self.report(probe.meter.id, "armed", "condition_unreadable", cause)

    def leave_to_child(self) -> None:
        """In a forked child: its own agent places them anew."""
        for probe_id in self._probes:
            self._placer.remove(probe_id)


def _switched(probe: _Probe) -> CaptureFn:
    """The capture function that the probe has at the time of the hit."""

    def capture(value: object, tags: bytes, hit: int) -> bool:
        return probe.switch(value, tags, hit)

    return capture


def _is_budgeted(mode: dict[str, Any]) -> bool:
    return mode["kind"] == "auto" or (mode["kind"] == "when" and not mode["every"])


def _no_capture(_value: object, _tags: bytes, _hit: int) -> bool:
    return False
