"""Keeps the probes of a process without `sys.monitoring` (CPython 3.9 to 3.11), and swaps code for them.

State, under one reentrant lock: the wishes by file, and for each file its code in all its forms (`file.py`). Functions
get their own code back when the last probe in them goes.
"""

from __future__ import annotations

import os
from _thread import RLock
from time import monotonic
from typing import TYPE_CHECKING

from .._hit.calls import Clerk
from .._hit.hits import PlaceError
from .._hit.main_thread import main_thread_identity
from .._hit.readers import reader_for
from .._place.discovery import functions_of, running_frames
from .._place.explain import not_loaded
from .._place.patience import Patience
from .._source.files import Files
from .._source.source_text import SourceText
from .._source.sources import Sources, place_error
from .file import ProbedFile, SwapProbe
from .file_index import FileIndex
from .frame_tracing import FrameTracer, TracedCode, TracedUse, run_in_main_thread
from .hooks import hit_cost_ns
from .import_hook import ImportHook

if TYPE_CHECKING:
    from types import CodeType, FunctionType
    from typing import Callable, Final

    from .._hit.hits import Anchor, CaptureFn, Mechanism, StateFn

_IDLE_S: Final = 60.0
"""What is known of a file is kept so long after its last probe: a probe that is put back finds it."""


class SwapPlacer:
    mechanism: Mechanism = "code_swap"

    def __init__(self, report: StateFn) -> None:
        self._report = report
        self._lock = RLock()
        self._clerk = Clerk()
        self._paths = Files()
        self._sources = Sources()
        self._files: dict[str, ProbedFile] = {}
        self._by_id: dict[str, ProbedFile] = {}
        self._import_hook: ImportHook | None = None
        self._has_begun = False
        """The program runs: code may exist that was not compiled with hooks in it."""
        self._tracer = FrameTracer(self._traced, self._trace_refused)
        self._traced_probes: list[SwapProbe] = []
        """Those of which it was just said that running calls are seen too."""
        self._patience = Patience()
        self._idle_since = monotonic()

    def add(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
        try:
            with self._lock:
                self._add(SwapProbe(probe_id, anchor, capture))
        except PlaceError as error:
            self._report(probe_id, "failed", error.code, error.message)
        except Exception as error:
            self._fault(probe_id, error)

    def _add(self, probe: SwapProbe) -> None:
        key = self._paths.key(probe.anchor.file)
        file = self._files.get(key)
        if file is None:
            file = self._files[key] = ProbedFile(lambda name: self._paths.key(name) == key, self._clerk)
        file.probes.append(probe)
        self._by_id[probe.id] = file
        self._patience.begin(monotonic())
        if self._import_hook is None:
            self._import_hook = ImportHook(self._instrument)
        if not self._has_begun:
            self._report_waiting(probe)
            return
        try:
            self._place(file, probe)
        except PlaceError:
            file.probes = [other for other in file.probes if other is not probe]
            raise

    def remove(self, probe_id: str) -> None:
        with self._lock:
            file = self._by_id.pop(probe_id, None)
            if file is None:
                return
            try:
                for probe in file.probes:
                    if probe.id == probe_id:
                        file.unplace(probe)
                file.probes = [probe for probe in file.probes if probe.id != probe_id]
                if file.index is not None:
                    file.sweep()
            except Exception as error:
                self._fault(probe_id, error)
            if not self._by_id:
                self._idle_since = monotonic()
                self._unhook()

    def arm(self, probe_id: str) -> None:
        self._switch(probe_id, is_resting=False)

    def rest(self, probe_id: str) -> None:
        self._switch(probe_id, is_resting=True)

    def hit_cost_ns(self, capture: CaptureFn, again: Callable[[], object]) -> float:
        return hit_cost_ns(capture, again)

    def begin(self) -> None:
        self._has_begun = True

    def prepare(self, source: bytes, filename: str) -> CodeType:
        self._has_begun = True
        code = compile(source, filename, "exec", dont_inherit=True)
        return self._instrument(code, source)

    def tick(self) -> None:
        """Looks for functions that came into being where nothing tells of them: made by code that was already running without
        hooks, or that the program compiled by itself."""
        now = monotonic()
        if not self._by_id:
            if self._files and now - self._idle_since > _IDLE_S:
                with self._lock:
                    self._files.clear()
            return
        if self._has_begun and self._patience.is_over(now):
            with self._lock, self._patience.looking(now):
                self._look_again()

    def fork_child(self) -> None:
        # A thread of the parent may have held the lock when it forked.
        self._lock = RLock()
        self._clerk.fork_child()
        for file in self._files.values():
            file.fork_child()

    def close(self) -> None:
        with self._lock:
            run_in_main_thread(self._tracer.stop)
            self._by_id.clear()
            for file in self._files.values():
                for probe in file.probes:
                    file.unplace(probe)
                file.probes = []
                if file.index is not None:
                    file.sweep(functions_of(file.belongs))
            self._files.clear()
            self._unhook()

    def _switch(self, probe_id: str, *, is_resting: bool) -> None:
        with self._lock:
            file = self._by_id.get(probe_id)
            for probe in file.probes if file is not None else ():
                if probe.id == probe_id:
                    probe.is_resting = is_resting
                    for place in probe.places.values():
                        if is_resting:
                            place.rest()
                        else:
                            place.arm()

    def _unhook(self) -> None:
        if self._import_hook is not None:
            self._import_hook.close()
            self._import_hook = None

    # -- placing -------------------------------------------------------------------------------------------------------

    def _place(self, file: ProbedFile, probe: SwapProbe, functions: list[FunctionType] | None = None) -> None:
        """Raises PlaceError."""
        anchor = probe.anchor
        try:
            text = self._sources.text(anchor.file)
            if file.index is None or file.index.text.text != text.text:
                self._use_source(file, FileIndex(text, anchor.file))
        except (SyntaxError, ValueError, OSError) as error:
            code = "does_not_parse" if isinstance(error, SyntaxError) else "source_changed"
            raise place_error(code, anchor, f"the file cannot be compiled: {error}") from error
        if not probe.places:
            file.place(probe, self._fault)
        has_foreign = file.sweep(functions)
        if has_foreign and not file.has_run():
            file.unplace(probe)
            raise place_error("source_changed", anchor, "the file was changed after it was loaded (run the program again)")
        self._report_place(file, probe)

    def _use_source(self, file: ProbedFile, index: FileIndex) -> None:
        """Places the probes of a file anew, in another version of its text."""
        file.reset(index)
        for probe in file.probes:
            try:
                file.place(probe, self._fault)
            except PlaceError as error:
                self._report(probe.id, "failed", error.code, error.message)

    def _look_again(self) -> None:
        files = {
            key: file
            for key, file in self._files.items()
            if any(probe.is_waiting for probe in file.probes) or (file.index is not None and file.is_outrun())
        }
        found: dict[str, list[FunctionType]] = {key: [] for key in files}
        running = {self._paths.key(frame.f_code.co_filename) for _, frame in running_frames()} if files else set()
        for function in functions_of(lambda name: self._paths.key(name) in files) if files else ():
            found[self._paths.key(function.__code__.co_filename)].append(function)
        for key, file in files.items():
            if not found[key] and key not in running:
                continue
            waiting = [probe for probe in file.probes if probe.is_waiting]
            for probe in waiting:
                try:
                    self._place(file, probe, found[key])
                except PlaceError as error:
                    probe.is_waiting = False
                    self._report(probe.id, "failed", error.code, error.message)
            if not waiting:
                file.sweep(found[key])

    def _instrument(self, code: CodeType, source: bytes | None = None) -> CodeType:
        """A module is about to run."""
        try:
            file = self._files.get(self._paths.key(code.co_filename))
            if file is None or not file.probes:
                return code
            with self._lock:
                return self._instrument_module(file, code, source)
        except Exception as error:
            file = self._files.get(self._paths.key(code.co_filename))
            for probe in list(file.probes) if file is not None else ():
                self._fault(probe.id, error)
            return code

    def _instrument_module(self, file: ProbedFile, code: CodeType, source: bytes | None) -> CodeType:
        text = SourceText.decode(source) if source is not None else self._sources.text(code.co_filename)
        if file.index is None or file.index.text.text != text.text:
            self._use_source(file, FileIndex(text, code.co_filename))
        swapped = file.swapped(code)
        if swapped is None:
            for probe in file.probes:
                error = place_error("source_changed", probe.anchor, "the file is not what its compiled form was made of")
                self._report(probe.id, "failed", error.code, error.message)
            return code
        file.is_instrumented = True
        for probe in file.probes:
            if probe.places:
                self._report_armed(probe)
        return swapped

    # -- what is said --------------------------------------------------------------------------------------------------

    def _report_place(self, file: ProbedFile, probe: SwapProbe) -> None:
        threads = self._threads_running(file, probe)
        if not threads and not file.is_alive(probe):
            self._report_absent(file, probe)
            return
        main = main_thread_identity()
        if threads == {main}:
            self._traced_probes.append(probe)
            self._report_armed(probe)
            if run_in_main_thread(self._tracer.adopt_stack):
                return
            self._traced_probes.remove(probe)
        elif main in threads:
            run_in_main_thread(self._tracer.adopt_stack)
        if threads:
            self._report_next_call(probe)
        else:
            self._report_armed(probe)

    def _report_absent(self, file: ProbedFile, probe: SwapProbe) -> None:
        if probe.is_waiting:
            return
        is_running = any(file.plain_of(frame.f_code) is not None for _, frame in running_frames())
        if file.is_top_level(probe) and file.has_run() and not is_running:
            text = f"The top level of {_where(probe)} has run: the probe takes effect when the file is loaded again."
            probe.is_waiting = True
            self._report(probe.id, "pending", "not_loaded", text)
        else:
            self._report_waiting(probe)

    def _report_armed(self, probe: SwapProbe) -> None:
        probe.is_waiting = False
        self._report(probe.id, "armed", None, None)

    def _report_next_call(self, probe: SwapProbe) -> None:
        probe.is_waiting = False
        text = f"A call that is running now is not seen; the next call of the function at {_where(probe)} is."
        self._report(probe.id, "armed", "next_call", text)

    def _report_waiting(self, probe: SwapProbe) -> None:
        probe.is_waiting = True
        self._report(probe.id, "pending", "not_loaded", not_loaded(probe.anchor))

    def _trace_refused(self) -> None:
        """The main thread is traced by somebody else."""
        probes, self._traced_probes = self._traced_probes, []
        for probe in probes:
            if probe.places:
                self._report_next_call(probe)

    def _fault(self, probe_id: str, error: BaseException) -> None:
        name = type(error).__name__
        self._report(probe_id, "failed", "fault", f"Cannot go on with probe {probe_id}: {name} in the agent: {error}")

    # -- calls that run already ------------------------------------------------------------------------------------------

    def _threads_running(self, file: ProbedFile, probe: SwapProbe) -> set[int | None]:
        """Threads that are inside of a function of the probe, in code without its sites."""
        codes = {id(spot.owner) for spot in probe.spots} | {id(spot.code) for spot in probe.spots}
        return {
            thread
            for thread, frame in running_frames()
            if file.belongs(frame.f_code.co_filename)
            and id(file.plain_of(frame.f_code)) in codes
            and not file.has_sites(frame.f_code, probe)
        }

    def _traced(self, code: CodeType) -> TracedCode:
        """What the probes of its file want to see in a code object that runs without their sites."""
        uses: dict[int, list[TracedUse]] = {}
        file = self._files.get(self._paths.key(code.co_filename))
        plain = file.plain_of(code) if file is not None else None
        if file is None or plain is None:
            return TracedCode(code, uses)
        for probe in file.probes:
            place = probe.places.get(id(plain))
            if place is None or file.has_sites(code, probe):
                continue
            for spot in probe.spots:
                if spot.code is plain and spot.use is not None:
                    read = reader_for(code, spot.use.kind, probe.anchor)
                    traced = TracedUse(place, spot.use.name, read, probe.anchor.context == "store")
                    uses.setdefault(file.offset_in(code, spot.use.offset), []).append(traced)
        return TracedCode(code, uses)


def _where(probe: SwapProbe) -> str:
    return f"{os.path.basename(probe.anchor.file)}:{probe.anchor.line}"
