"""The thread that talks to the engine, and everything that may go wrong there.

It is made with `_thread` and never asks `threading` who it is, so that `threading.enumerate()` does not know it and `threading`,
when the program imports it first, is imported by a thread of the program. It stops for the time of a fork: a process with one
thread forks as it would without us.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os
import sys
from _thread import allocate_lock, get_native_id, start_new_thread
from time import monotonic, sleep

from .channel import ChannelError
from .wire import HEARTBEAT_S, LINK_TIMEOUT_S, Decoder, WireError, encode_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .channel import Channel

    class Owner(Protocol):
        """What the link thread calls, and on what occasion."""

        def handle(self, request: dict[str, Any]) -> dict[str, Any]:
            """Answers one request; gives the reply."""

        def began(self) -> None:
            """First of all on a new link thread."""

        def tick(self) -> float:
            """Regular work. Gives the seconds until the next one is wanted."""

        def lost(self, reason: str) -> None:
            """The engine is gone. Called once, at last, on the link thread."""


_OUTBOX_MESSAGES = 1000
_STOP_WAIT_S = 5.0
_EXIT_WAIT_S = 0.2


class Link:
    """Messages in and out. `post` may be called from any thread; all else runs on the link thread, or while there is none."""

    def __init__(self, channel: Channel, decoder: Decoder, owner: Owner) -> None:
        self.channel = channel
        self.is_alive = True
        self._decoder = decoder
        self._owner = owner
        self._outbox: list[dict[str, Any]] = []
        self._stops = False
        self._running = allocate_lock()
        self._thread_id = 0
        self._heard_at = monotonic()
        self._ping_at = self._heard_at + HEARTBEAT_S

    def start(self) -> None:
        self._stops = False
        if not self._running.acquire(False):
            return  # it was asked to stop and did not in time: it goes on
        try:
            start_new_thread(self._run, ())
        except BaseException:
            self._running.release()
            raise

    def stop(self) -> None:
        """Returns when the thread has gone, as the operating system counts threads too; or after a while, because nothing that
        goes wrong on that thread may keep the program from its fork or its end."""
        self._stops = True
        self.channel.wake()
        if not self._running.acquire(True, _STOP_WAIT_S):
            return
        self._running.release()
        due = monotonic() + _EXIT_WAIT_S
        while self._thread_id and os.path.exists(f"/proc/self/task/{self._thread_id}") and monotonic() < due:
            sleep(0)

    def post(self, message: dict[str, Any]) -> None:
        """Sent soon, in order. When the engine takes nothing for long, the newest are dropped."""
        if self.is_alive and len(self._outbox) < _OUTBOX_MESSAGES:
            self._outbox.append(message)

    def send_bytes(self, packet: bytes) -> None:
        self.channel.send(packet)

    def drain(self, timeout_s: float) -> bool:
        """Sends all that was posted, while no thread runs. False when it took too long or the engine is gone."""
        due = monotonic() + timeout_s
        try:
            self._send_outbox()
            while self.channel.unsent_bytes and monotonic() < due:
                self._take(self.channel.wait(0.05))
            return not self.channel.unsent_bytes
        except (ChannelError, WireError):
            return False

    def _run(self) -> None:
        try:
            _leave_signals_alone()
            self._thread_id = get_native_id() if sys.platform == "linux" else 0
            self._owner.began()
            while not self._stops:
                self._turn(self._owner.tick())
        except (ChannelError, WireError) as error:
            self._end(str(error))
        except Exception as error:  # a fault of ours must not be the program's
            self._end(f"Cannot go on with the link: {type(error).__name__}: {error}")
        finally:
            self._running.release()

    def _turn(self, wait_s: float) -> None:
        self._send_outbox()
        self._take(self.channel.wait(wait_s))
        now = monotonic()
        # Looked at after reading: a stopped process finds what came meanwhile in its socket.
        if now - self._heard_at > LINK_TIMEOUT_S:
            raise ChannelError(f"Cannot reach the engine: nothing was heard for {LINK_TIMEOUT_S:.0f} s")
        if now >= self._ping_at:
            self._ping_at = now + HEARTBEAT_S
            self.channel.send(encode_json({"type": "ping"}))

    def _send_outbox(self) -> None:
        while self._outbox:
            self.channel.send(encode_json(self._outbox.pop(0)))

    def _take(self, data: bytes) -> None:
        if not data:
            return
        self._heard_at = monotonic()
        for message in self._decoder.push(data):
            if message["type"] == "ping":
                self.channel.send(encode_json({"type": "pong"}))
            elif message["type"] == "request":
                reply = self._owner.handle(message)
                # Events that the request caused come before its reply.
                self._send_outbox()
                self.channel.send(encode_json(reply))

    def _end(self, reason: str) -> None:
        if self.is_alive:
            self.is_alive = False
            self.channel.close()
            self._owner.lost(reason)


def _leave_signals_alone() -> None:
    """Signals are for the program's threads: one that came here would not end the main thread's sleep."""
    mask = getattr(_signal, "pthread_sigmask", None)
    if mask is not None:
        mask(_signal.SIG_BLOCK, _signal.valid_signals())


def receive_first(channel: Channel, decoder: Decoder, timeout_s: float) -> list[dict[str, Any]]:
    """The first messages of the engine, on the calling thread. Waits as long as the engine pings: it holds the program until
    somebody lets it begin. Raises `ChannelError` or `WireError`."""
    due = monotonic() + timeout_s
    while monotonic() < due:
        heard = decoder.push(channel.wait(0.05))
        messages = [message for message in heard if message["type"] != "ping"]
        if messages:
            return messages
        if heard:
            due = monotonic() + LINK_TIMEOUT_S
            channel.send(encode_json({"type": "pong"}))
    raise ChannelError(f"Cannot start the link: the engine did not answer within {timeout_s:.0f} s")
