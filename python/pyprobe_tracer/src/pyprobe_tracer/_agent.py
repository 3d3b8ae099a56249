"""The agent of one process: the link, the rings, the placer and the probes, held together.

One `Agent` lives at a time, from the handshake until the program ends or the engine goes. It is made on the program's main
thread before the program's first line; after that the link thread owns `_probes`. A forked child begins again with a new one.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock
from time import monotonic, monotonic_ns

from . import __version__, _main_thread, _output, _quiet
from ._bytes import Limits
from ._capture import Recorder
from ._channel import ChannelError, connect
from ._children import Children
from ._exceptions import Exceptions
from ._files import Files
from ._govern import EXTRA_NS, Budget, Meter
from ._hits import Anchor
from ._link import Link, receive_first
from ._placer import open_placer
from ._pump import Pump
from ._redact import Redactor
from ._ring import Ring
from ._value import Reader
from ._wire import PROTOCOL_VERSION, Decoder, WireError, encode_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._condition import Condition
    from ._hits import CaptureFn, Placer, State, StateFn

CONNECT_TIMEOUT_S = 5.0
_COUNTERS_S = 0.1
_IDLE_S = 0.1
_REST_S = 0.004
_MEND_S = 1.0
_ADAPT_S = 1.0
_ADAPT_NS = 1_000_000_000
_END_S = 3.0
_PRIVATE_SLOTS = 1 << 16
_PRIVATE_BULK_BYTES = 128 * 1024 * 1024


class RefusedError(Exception):
    """The engine will not have this agent. The text is the engine's sentence."""


class Identity:
    """How this process presents itself."""

    def __init__(self, address: str, session: str, token: str, argv: list[str], parent: int | None) -> None:
        self.address = address
        self.session = session
        self.token = token
        self.argv = argv
        self.parent = parent

    def hello(self, mechanism: str) -> dict[str, Any]:
        major, minor, micro = sys.version_info[:3]
        return {
            "type": "hello",
            "protocol": PROTOCOL_VERSION,
            "agent": __version__,
            "token": self.token,
            "session": self.session,
            "python": f"{major}.{minor}.{micro}",
            "implementation": sys.implementation.name,
            "pid": os.getpid(),
            "parent": self.parent,
            "executable": sys.executable or "",
            "mechanism": mechanism,
            "features": [],
            "argv": self.argv,
            "cwd": _cwd(),
        }


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


class Agent:
    def __init__(self, identity: Identity, places: Places) -> None:
        """Connects, introduces itself and places the probes that the engine names. Raises `ChannelError`, `WireError` or
        `RefusedError`; nothing is placed then."""
        self.identity = identity
        self.pid = os.getpid()
        self.places = places
        self.placer = places.placer
        channel = connect(identity.address, CONNECT_TIMEOUT_S)
        decoder = Decoder()
        try:
            channel.send(encode_json(identity.hello(self.placer.mechanism)))
            welcome, *rest = receive_first(channel, decoder, CONNECT_TIMEOUT_S)
            if welcome["type"] != "welcome":
                raise RefusedError(str(welcome.get("message", "Cannot use the engine: it did not say welcome")))
        except BaseException:
            channel.close()
            raise
        self.session: str = welcome["session"]
        self.limits = Limits(welcome["limits"])
        self.redactor = Redactor(welcome["redact"])
        self._probes: dict[str, _Probe] = {}
        self._removed: dict[str, tuple[int, dict[str, int]]] = {}
        """Captures and skips: a probe that is put back counts on from there."""
        self._flush_at = 0.0
        self._mend_at = 0.0
        self._adapt_at = monotonic() + _ADAPT_S
        self._ended = False
        self._ending = allocate_lock()
        self.link = Link(channel, decoder, self)
        places.report = self._report
        self._open_rings(welcome["rings"])
        for spec in welcome["probes"]:
            self._add(spec)
        for message in rest:
            if message["type"] == "request":
                self.link.post(self.handle(message))
        self.exceptions = Exceptions(self.redactor, lambda said: self._event("exception", **said))
        self.exceptions.install()
        self.children = Children(identity)
        # Before the program's first line: if that ends the process, the engine must know of the rings.
        self.link.drain(CONNECT_TIMEOUT_S)
        self.link.start()

    # --- rings

    def _open_rings(self, rings: dict[str, Any] | None) -> None:
        ring: Ring | None = None
        if rings is not None:
            base = os.path.join(rings["directory"], f"{os.getpid()}-1")
            try:
                ring = Ring(rings["slots"], rings["bulkBytes"], base)
            except (OSError, ValueError) as error:
                self.notice("warning", f"Cannot make rings in {rings['directory']}: {error} (captures go over the link)")
        self._pump: Pump | None = None
        if ring is None:
            ring = Ring(_PRIVATE_SLOTS, _PRIVATE_BULK_BYTES)
            self._pump = Pump(ring)
        else:
            self._event("rings", records=ring.files[0], bulk=ring.files[1])
        self.budget = Budget(self.limits.budget)
        self.ring = ring
        self.recorder = Recorder(ring, Reader(self.limits, self.redactor), self._is_alive)

    def _is_alive(self) -> bool:
        return self.link.is_alive and not self._ended

    # --- probes

    def has_probe_in(self, path: str) -> bool:
        files = Files()
        return any(files.key(probe.anchor.file) == files.key(path) for probe in tuple(self._probes.values()))

    def _add(self, spec: dict[str, Any]) -> None:
        probe_id, where, mode = spec["id"], spec["anchor"], spec["mode"]
        anchor = Anchor(*(where[name] for name in Anchor._fields))
        extra_ns = EXTRA_NS[self.placer.mechanism]
        meter = Meter(probe_id, self.budget, _is_budgeted(mode), extra_ns, now_ns=monotonic_ns())
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
        capture = probe.switch if self.placer.mechanism == "monitoring" else lambda *hit: probe.switch(*hit)
        self.placer.add(probe_id, probe.number, probe.anchor, capture)

    def _set_switch(self, probe: _Probe) -> bool:
        """False when its mode has a condition that is none; that has been said."""
        probe.condition, probe.is_cause_told = None, False
        if probe.mode["kind"] == "when":
            from ._condition import Condition, ConditionError

            try:
                probe.condition = Condition(probe.mode["expression"], probe.anchor)
            except ConditionError as error:
                text = f'Cannot evaluate "{probe.mode["expression"]}": {error.message} (column {error.column + 1})'
                self._report(probe.meter.id, "failed", "bad_condition", text)
                return False
        is_secret = self.redactor.hides_name(probe.anchor.symbol)
        probe.switch = self.recorder.capture_fn(probe.number, probe.meter, probe.mode, is_secret, probe.condition)
        return True

    def _remove(self, probe_id: str) -> None:
        self.placer.remove(probe_id)
        self._send_counters()
        probe = self._probes.pop(probe_id, None)
        if probe is not None:
            self._removed[probe_id] = (probe.meter.captures, probe.meter.skipped(monotonic_ns()))
        self._divide_budget()

    def _divide_budget(self) -> None:
        self.budget.meters = sum(probe.meter.is_budgeted for probe in self._probes.values()) or 1

    def _update(self, probe_id: str, mode: dict[str, Any]) -> None:
        probe = self._probes[probe_id]
        had_failed, was_told = probe.switch is _no_capture, probe.is_cause_told
        probe.mode = mode
        probe.meter.is_budgeted = _is_budgeted(mode)
        self._divide_budget()
        if self.placer.mechanism == "monitoring" or had_failed:
            self.placer.remove(probe_id)
            self._place(probe_id)
        elif self._set_switch(probe):
            self.placer.arm(probe_id)
            if was_told:
                self._report(probe_id, "armed", None, None)
        else:
            self.placer.remove(probe_id)
            probe.switch = _no_capture

    def _report(self, probe_id: str, state: State, code: str | None, message: str | None) -> None:
        """The placer's: what became of a probe. On any thread."""
        said: dict[str, Any] = {"id": probe_id, "state": state}
        if code is not None:
            said["code"] = code
        if message is not None:
            said["message"] = message
        probe = self._probes.get(probe_id)
        if probe is not None and state == "failed" and code == "fault":
            probe.meter.skips["fault"] += 1
        self._event("probe", **said)

    # --- the link thread's calls

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        reply = {"type": "reply", "id": request.get("id")}
        try:
            self._call(str(request.get("call")), request.get("params") or {})
        except _UnknownCallError as error:
            return {**reply, "error": {"code": "unknown_call", "message": str(error)}}
        except (KeyError, TypeError, ValueError) as error:
            return {**reply, "error": {"code": "bad_params", "message": f"Cannot do {request.get('call')}: {error!r}"}}
        except Exception as error:
            return {**reply, "error": {"code": "fault", "message": f"Cannot do {request.get('call')}: {error!r}"}}
        return {**reply, "result": {}}

    def _call(self, call: str, params: dict[str, Any]) -> None:
        if call == "probe.add":
            self._add(params)
        elif call == "probe.remove":
            self._remove(params["id"])
        elif call == "probe.update":
            self._update(params["id"], params["mode"])
        elif call == "limits.update":
            self.limits.update(params)
            self.budget.share = self.limits.budget
        elif call == "counters.flush":
            self._send_counters()
        else:
            raise _UnknownCallError(f"Cannot do {call}: this agent is {__version__} and does not know it")

    def began(self) -> None:
        _quiet.end()

    def tick(self) -> float:
        now = monotonic()
        if self._pump is not None:
            self._pump.send(self.link.channel)
        rests = self._let_work()
        if now >= self._flush_at:
            self._flush_at = now + _COUNTERS_S
            self._send_counters()
            self.exceptions.install()
        if self._pump is not None and now >= self._mend_at:
            self._mend_at = now + _MEND_S
            self.ring.mend()
        if now >= self._adapt_at:
            self._adapt_at = now + _ADAPT_S
            for probe in tuple(self._probes.values()):
                probe.meter.adapt(_ADAPT_NS)
        return _REST_S if rests or self._pump is not None else _IDLE_S

    def _let_work(self) -> bool:
        """Arms the places that rest, once the budget allows. Are there any?"""
        rests = False
        for probe in tuple(self._probes.values()):
            meter = probe.meter
            if not meter.rest_since_ns:
                if meter.is_budgeted:  # so that what it does not need reaches those that rest
                    meter.fill(monotonic_ns())
            elif meter.may_work(monotonic_ns()):
                # Twice, a tick apart: the mechanism may be just about to rest what asked for it.
                probe.arms = 2
            if probe.arms:
                probe.arms -= 1
                started_ns = monotonic_ns()
                self.placer.arm(meter.id)
                meter.charge(monotonic_ns() - started_ns)
            rests = rests or meter.rest_since_ns > 0 or probe.arms > 0
        return rests

    def lost(self, reason: str) -> None:
        """The engine is gone: everything is taken out of the program, which runs on as if nothing had been."""
        self._ended = True
        self.placer.close()
        self.exceptions.remove()
        self.children.remove()
        debug(reason)
        _output.drain()

    # --- what is said

    def _event(self, event: str, **said: Any) -> None:
        self.link.post({"type": "event", "event": event, **said})

    def notice(self, level: str, message: str) -> None:
        self._event("notice", level=level, message=message)

    def _send_counters(self) -> None:
        now_ns = monotonic_ns()
        changed = []
        for probe in tuple(self._probes.values()):
            self._tell_cause(probe)
            meter = probe.meter
            skipped = meter.skipped(now_ns)
            state = (meter.captures, *skipped.values())
            if state != probe.said:
                probe.said = state
                cost_ns = round(meter.cost_ns, 1)
                changed.append({"id": meter.id, "captures": meter.captures, "skipped": skipped, "costNs": cost_ns})
        if changed:
            self._event("counters", probes=changed)

    def _tell_cause(self, probe: _Probe) -> None:
        cause = None if probe.condition is None else probe.condition.cause
        if cause is not None and not probe.is_cause_told:
            probe.is_cause_told = True
            self._report(probe.meter.id, "armed", "condition_unreadable", cause)

    # --- the end, and forks

    def end(self) -> None:
        """The orderly end, on a thread of the program. All records are committed and all is said when it returns."""
        with self._ending:
            if self._ended:
                return
            self._ended = True
        self.link.stop()
        self.placer.close()
        self.exceptions.report_last()
        self.exceptions.remove()
        self.children.remove()
        last = self.ring.finish()
        due = monotonic() + _END_S
        try:
            while self._pump is not None and self._pump.send(self.link.channel) and monotonic() < due:
                self.link.drain(0.05)
        except ChannelError:
            pass
        self._send_counters()
        self._event("end", lastSeq=last)
        self.link.drain(_END_S)
        self.link.channel.close()

    def pause(self) -> None:
        """Before a fork."""
        if not self._ended:
            self.link.stop()
            _quiet.begin()

    def resume(self) -> None:
        """After a fork, in the parent."""
        if self._is_alive():
            self.link.start()

    def abandon(self) -> Places:
        """In a forked child: this agent is the parent's. Its places are the child's to use."""
        self._ended = True
        self.exceptions.remove()
        self.children.remove()
        _main_thread.fork_child()
        self.placer.fork_child()
        for probe_id in self._probes:
            self.placer.remove(probe_id)
        self.link.channel.close()
        return self.places


class Places:
    """The placer of this process, which outlives the agent of a fork's parent, and whoever hears of its probes."""

    def __init__(self) -> None:
        self.report: StateFn | None = None
        self.placer: Placer = open_placer(self._report)

    def _report(self, probe_id: str, state: State, code: str | None, message: str | None) -> None:
        if self.report is not None:
            self.report(probe_id, state, code, message)


def _is_budgeted(mode: dict[str, Any]) -> bool:
    return mode["kind"] == "auto" or (mode["kind"] == "when" and not mode["every"])


def _no_capture(_value: object, _tags: bytes, _hit: int) -> bool:
    return False


class _UnknownCallError(Exception):
    pass


def debug(message: str) -> None:
    """For whoever looks for a fault of the agent: says it where the program's own output is not."""
    if os.environ.get("PYPROBE_DEBUG"):
        os.write(2, f"pyprobe: {message}\n".encode())


def start(identity: Identity, places: Places | None = None) -> Agent | None:
    """The agent, or None when the engine is not there or will not have it; the program then runs by itself."""
    try:
        places = places or Places()
        return Agent(identity, places)
    except (ChannelError, WireError, RefusedError) as error:
        debug(str(error))
    except Exception as error:
        debug(f"Cannot start the agent: {type(error).__name__}: {error}")
    if places is not None:
        places.placer.close()
    return None


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
