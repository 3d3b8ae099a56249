"""The agent of one process: the link, the rings, the placer and the probes, held together.

One `Agent` lives at a time, from the handshake until the program ends or the engine goes. It is made on the program's main
thread before the program's first line; after that the link thread owns its probes. A forked child begins again with a new one.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from time import monotonic

from .. import __version__
from .._capture.capture import Recorder
from .._capture.govern import Budget
from .._capture.pump import Pump
from .._capture.ring import Ring
from .._hit import main_thread
from .._link.address import connect
from .._link.channel import ChannelError
from .._link.link import Link, receive_first
from .._link.wire import Decoder, WireError, encode_json
from .._value.bytes import Limits
from .._value.redact import Redactor
from .._value.value import Reader
from . import output, quiet
from .children import Children
from .exceptions import Exceptions
from .places import Places
from .probes import Probes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .identity import Identity

CONNECT_TIMEOUT_S = 5.0
_COUNTERS_S = 0.1
_IDLE_S = 0.1
_REST_S = 0.004
_MEND_S = 1.0
_ADAPT_S = 1.0
_END_S = 3.0
_PRIVATE_SLOTS = 1 << 16
_PRIVATE_BULK_BYTES = 128 * 1024 * 1024


class RefusedError(Exception):
    """The engine will not have this agent. The text is the engine's sentence."""


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
        self._flush_at = 0.0
        self._mend_at = 0.0
        self._adapt_at = monotonic() + _ADAPT_S
        self._ended = False
        self._ending = allocate_lock()
        self.link = Link(channel, decoder, self)
        self.budget = Budget(self.limits.budget)
        self.budget.on_rest = self._rest_began
        self._is_idle = False
        self.ring = self._open_rings(welcome["rings"])
        self._pump = None if self.ring.files[0] else Pump(self.ring)
        recorder = Recorder(self.ring, Reader(self.limits, self.redactor), self._is_alive)
        self.probes = Probes(self.placer, recorder, self.budget, self.redactor, self._event)
        places.report = self.probes.report
        for spec in welcome["probes"]:
            self.probes.add(spec)
        if identity.parent is None:  # children are many, and short
            self.probes.rehearse()
        for message in rest:
            if message["type"] == "request":
                self.link.post(self.handle(message))
        self.exceptions = Exceptions(self.redactor, lambda said: self._event("exception", **said))
        self.exceptions.install()
        self.children = Children(identity, self)
        # Before the program's first line: if that ends the process, the engine must know of the rings.
        self.link.drain(CONNECT_TIMEOUT_S)
        self.link.start()

    # --- rings

    def _open_rings(self, rings: dict[str, Any] | None) -> Ring:
        """Private ones where there is no shared memory."""
        if rings is not None:
            base = os.path.join(rings["directory"], f"{os.getpid()}-1")
            try:
                ring = Ring(rings["slots"], rings["bulkBytes"], base)
            except (OSError, ValueError) as error:
                self.notice("warning", f"Cannot make rings in {rings['directory']}: {error} (captures go over the link)")
            else:
                self._event("rings", records=ring.files[0], bulk=ring.files[1])
                return ring
        return Ring(_PRIVATE_SLOTS, _PRIVATE_BULK_BYTES)

    def _is_alive(self) -> bool:
        return self.link.is_alive and not self._ended

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
            self.probes.add(params)
        elif call == "probe.remove":
            self.probes.remove(params["id"])
        elif call == "probe.update":
            self.probes.update(params["id"], params["mode"])
        elif call == "limits.update":
            self.limits.update(params)
            self.budget.share = self.limits.budget
        elif call == "counters.flush":
            self.probes.send_counters()
        else:
            raise _UnknownCallError(f"Cannot do {call}: this agent is {__version__} and does not know it")

    def began(self) -> None:
        quiet.end()

    def tick(self) -> float:
        now = monotonic()
        if self._pump is not None:
            self._pump.send(self.link.channel)
        self._is_idle = True  # before the look at what rests: what begins to rest after it wakes this thread
        rests = self.probes.let_work()
        self.placer.tick()
        if now >= self._flush_at:
            self._flush_at = now + _COUNTERS_S
            self.probes.send_counters()
            self.exceptions.install()
        if self._pump is not None and now >= self._mend_at:
            self._mend_at = now + _MEND_S
            self.ring.mend()
        if now >= self._adapt_at:
            self._adapt_at = now + _ADAPT_S
            self.probes.adapt()
        if rests or self._pump is not None:
            self._is_idle = False
            return _REST_S
        return _IDLE_S

    def _rest_began(self) -> None:
        """On a thread of the program, at a hit. A link thread that sleeps long is woken, once."""
        if self._is_idle:
            self._is_idle = False
            self.link.channel.wake()

    def lost(self, reason: str) -> None:
        """The engine is gone: everything is taken out of the program, which runs on as if nothing had been."""
        self._ended = True
        self.placer.close()
        self.exceptions.remove()
        self.children.remove()
        debug(reason)
        output.drain()

    # --- what is said

    def _event(self, event: str, **said: Any) -> None:
        self.link.post({"type": "event", "event": event, **said})

    def notice(self, level: str, message: str) -> None:
        self._event("notice", level=level, message=message)

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
        self._empty_private_ring()
        self.probes.send_counters()
        self._event("end", lastSeq=last)
        self.link.drain(_END_S)
        self.link.channel.close()

    def say_all(self) -> None:
        """Before this process replaces itself by another program: it will not come back to say it."""
        if not self._ended:
            self.link.stop()
            self._empty_private_ring()
            self.probes.send_counters()
            self.link.drain(_END_S)

    def _empty_private_ring(self) -> None:
        due = monotonic() + _END_S
        try:
            while self._pump is not None and self._pump.send(self.link.channel) and monotonic() < due:
                self.link.drain(0.05)
        except ChannelError:
            pass

    def pause(self) -> None:
        """Before a fork."""
        if not self._ended:
            self.link.stop()
            quiet.begin()

    def resume(self) -> None:
        """After a fork, in the parent; or when this process could not replace itself."""
        if self._is_alive():
            self.link.start()

    def abandon(self) -> Places:
        """In a forked child: this agent is the parent's. Its places are the child's to use."""
        self._ended = True
        self.exceptions.remove()
        self.children.remove()
        main_thread.fork_child()
        self.placer.fork_child()
        self.probes.leave_to_child()
        self.link.channel.close()
        return self.places


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
