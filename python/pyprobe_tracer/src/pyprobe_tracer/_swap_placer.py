"""Keeps the probes of a process without `sys.monitoring` (CPython 3.9 to 3.11), and swaps code for them.

State, under one reentrant lock: the wishes by file, the functions that hold hooks, and for every swapped code object what it
was. Functions get their own code back when the last probe in them goes.
"""

from __future__ import annotations

import os
from _thread import RLock
from typing import TYPE_CHECKING

from ._calls import Clerk
from ._discovery import functions_of, running_frames
from ._explain import not_loaded
from ._files import Files
from ._frame_tracing import FrameTracer, TracedCode, TracedUse, run_in_main_thread
from ._hits import PlaceError
from ._import_hook import ImportHook
from ._main_thread import main_thread_identity
from ._readers import reader_for
from ._source_map import uses_from_source
from ._source_text import SourceText
from ._sources import Sources, place_error
from ._swap_hooks import ProbedFunction
from ._swap_plan import FileSource, Plan, SwapProbe, make_plan
from ._swapped_code import pair_codes, renamed
from ._switch import connect

if TYPE_CHECKING:
    from types import CodeType

    from ._hits import Anchor, CaptureFn, Mechanism, StateFn
    from ._swap_plan import FunctionKey


class ProbedFile:
    """The probes of one file, and what is known of its code."""

    def __init__(self) -> None:
        self.probes: list[SwapProbe] = []
        self.functions: dict[FunctionKey, ProbedFunction] = {}
        self.plan: Plan | None = None
        self.is_seen = False
        """Code of this file was swapped, or compiled with hooks in it."""


class SwapPlacer:
    mechanism: Mechanism = "code_swap"

    def __init__(self, report: StateFn, has_begun: bool) -> None:
        self._report = report
        self._lock = RLock()
        self._clerk = Clerk()
        self._paths = Files()
        self._sources = Sources()
        self._files: dict[str, ProbedFile] = {}
        self._by_id: dict[str, ProbedFile] = {}
        self._originals: dict[int, tuple[CodeType, CodeType]] = {}
        """Address of a swapped code object → itself (to keep it) and what it was."""
        self._import_hook: ImportHook | None = None
        self._has_begun = has_begun
        """The program runs: code may exist that was not compiled with hooks in it."""
        self._tracer = FrameTracer(self._traced)

    def add(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
        try:
            with self._lock:
                key = self._paths.key(anchor.file)
                file = self._files.setdefault(key, ProbedFile())
                probe = SwapProbe(probe_id, number, anchor, capture)
                file.probes.append(probe)
                self._by_id[probe_id] = file
                if self._import_hook is None:
                    self._import_hook = ImportHook(self._instrument)
                if self._has_begun:
                    self._replan(key, file, probe)
                else:
                    self._report_waiting(probe)
        except PlaceError as error:
            self._report(probe_id, "failed", error.code, error.message)
        except Exception as error:
            self._fault(probe_id, error)

    def remove(self, probe_id: str) -> None:
        with self._lock:
            file = self._by_id.pop(probe_id, None)
            if file is None:
                return
            for probe in file.probes:
                if probe.id == probe_id and probe.place is not None:
                    probe.place.remove()
            file.probes = [probe for probe in file.probes if probe.id != probe_id]
            key = next(key for key, other in self._files.items() if other is file)
            try:
                self._restore(key, file)
            except Exception as error:
                self._fault(probe_id, error)
            if not self._by_id:
                self._unhook()

    def arm(self, probe_id: str) -> None:
        self._switch(probe_id, is_resting=False)

    def rest(self, probe_id: str) -> None:
        self._switch(probe_id, is_resting=True)

    def prepare(self, source: bytes, filename: str) -> CodeType:
        self._has_begun = True
        code = compile(source, filename, "exec", dont_inherit=True)
        return self._instrument(code, source)

    def fork_child(self) -> None:
        # A thread of the parent may have held the lock when it forked.
        self._lock = RLock()
        self._clerk.fork_child()
        for file in self._files.values():
            for function in file.functions.values():
                function.log.fork_child()

    def close(self) -> None:
        with self._lock:
            run_in_main_thread(self._tracer.stop)
            self._by_id.clear()
            for key, file in list(self._files.items()):
                for probe in file.probes:
                    if probe.place is not None:
                        probe.place.remove()
                file.probes = []
                self._restore(key, file)
            self._files.clear()
            self._originals.clear()
            self._unhook()

    def _switch(self, probe_id: str, *, is_resting: bool) -> None:
        with self._lock:
            file = self._by_id.get(probe_id)
            for probe in file.probes if file is not None else ():
                if probe.id == probe_id:
                    probe.is_resting = is_resting
                    if probe.place is not None and is_resting:
                        probe.place.rest()
                    elif probe.place is not None:
                        probe.place.arm()

    def _unhook(self) -> None:
        if self._import_hook is not None:
            self._import_hook.close()
            self._import_hook = None

    # -- planning and swapping -----------------------------------------------------------------------------------------

    def _replan(self, key: str, file: ProbedFile, added: SwapProbe) -> None:
        anchor = added.anchor
        try:
            text = self._sources.text(anchor.file)
            plan = self._plan(file, FileSource(text, anchor.file))
        except (SyntaxError, ValueError, OSError) as error:
            file.probes = [probe for probe in file.probes if probe is not added]
            code = "does_not_parse" if isinstance(error, SyntaxError) else "source_changed"
            raise place_error(code, anchor, f"the file cannot be compiled: {error}") from error
        failure = plan.failures.get(added.id)
        if failure is not None:
            raise failure
        swapped, foreign = self._sweep(key, file)
        if swapped:
            file.is_seen = True
        if foreign and not swapped and not file.is_seen:
            raise place_error("source_changed", anchor, "the file was changed after it was loaded (run the program again)")
        self._report_place(key, file, added, swapped)

    def _plan(self, file: ProbedFile, source: FileSource) -> Plan:
        def function_of(key: FunctionKey, code: CodeType) -> ProbedFunction:
            function = file.functions.get(key)
            if function is None:
                function = file.functions[key] = ProbedFunction(code, self._clerk)
            return function

        plan = file.plan = make_plan(source, file.probes, function_of, self._fault)
        for function in file.functions.values():
            swapped = plan.swaps.get(function.plain)
            if swapped is not None:
                function.known_as(swapped)
        for probe in file.probes:
            if probe.place is not None and not probe.is_resting:
                probe.place.arm()
        return plan

    def _sweep(self, key: str, file: ProbedFile) -> tuple[set[CodeType], bool]:
        """Gives every live function of the file the code it should have now. Returns the plain forms of what was swapped, and
        whether there was a function that the source does not explain."""
        plan = file.plan
        done: set[CodeType] = set()
        has_foreign = False
        known = {plain for plain, _ in pair_codes(plan.module, plan.module)} if plan is not None else set()
        for function in functions_of(lambda name: self._paths.key(name) == key):
            current = function.__code__
            original = self._originals.get(id(current), (current, current))[1]
            swapped = plan.swaps.get(original) if plan is not None else None
            has_foreign |= swapped is None and original not in known
            wanted = original if swapped is None else self._as_loaded(file, original, swapped)
            if swapped is not None:
                done.add(original)
            if wanted is not current and wanted.co_freevars == current.co_freevars:
                function.__code__ = wanted
        return done, has_foreign

    def _as_loaded(self, file: ProbedFile, original: CodeType, swapped: CodeType) -> CodeType:
        """The swapped code under the name that the file was loaded by; remembered with all that is nested in it."""
        result = renamed(swapped, original.co_filename)
        for plain, other in pair_codes(original, result):
            if id(other) not in self._originals:
                self._originals[id(other)] = other, plain
                connect(other)
            for function in file.functions.values():
                if plain == function.plain:
                    function.known_as(other)
        return result

    def _restore(self, key: str, file: ProbedFile) -> None:
        if file.plan is None:
            return
        if file.probes:
            anchor = file.probes[0].anchor
            self._plan(file, FileSource(self._sources.text(anchor.file), anchor.file))
        else:
            file.plan = None
        self._sweep(key, file)
        if not file.probes:
            del self._files[key]

    def _instrument(self, code: CodeType, source: bytes | None = None) -> CodeType:
        """A module is about to run."""
        try:
            key = self._paths.key(code.co_filename)
            file = self._files.get(key)
            if file is None:
                return code
            with self._lock:
                return self._instrument_module(key, file, code, source)
        except Exception as error:
            for probe in list(self._files.get(self._paths.key(code.co_filename), ProbedFile()).probes):
                self._fault(probe.id, error)
            return code

    def _instrument_module(self, key: str, file: ProbedFile, code: CodeType, source: bytes | None) -> CodeType:
        text = SourceText.decode(source) if source is not None else self._sources.text(code.co_filename)
        plan = self._plan(file, FileSource(text, code.co_filename))
        swapped = plan.swaps.get(code)
        if swapped is None and code != plan.module:
            for probe in file.probes:
                error = place_error("source_changed", probe.anchor, "the file is not what its compiled form was made of")
                self._report(probe.id, "failed", error.code, error.message)
            return code
        file.is_seen = True
        for probe in file.probes:
            failure = plan.failures.get(probe.id)
            if failure is not None:
                self._report(probe.id, "failed", failure.code, failure.message)
            else:
                self._report(probe.id, "armed", None, None)
        return self._as_loaded(file, code, swapped) if swapped is not None else code

    def _report_place(self, key: str, file: ProbedFile, probe: SwapProbe, swapped: set[CodeType]) -> None:
        plan = file.plan
        owner = plan.owners.get(probe.id) if plan is not None else None
        is_running = plan is not None and any(self._paths.key(frame.f_code.co_filename) == key for _, frame in running_frames())
        if plan is None or owner is None or not (file.is_seen or is_running):
            self._report_waiting(probe)
            return
        threads = self._threads_running(key, owner)
        main = main_thread_identity()
        is_traced = main in threads and run_in_main_thread(self._tracer.adopt_stack)
        if threads and not (is_traced and threads == {main}):
            text = f"A call that is running now is not seen; the next call of the function at {_where(probe)} is."
            self._report(probe.id, "armed", "next_call", text)
        elif owner == plan.module and not threads:
            text = f"The top level of {_where(probe)} has run: the probe takes effect when the file is loaded again."
            self._report(probe.id, "pending", "not_loaded", text)
        else:
            self._report(probe.id, "armed", None, None)

    def _threads_running(self, key: str, owner: CodeType) -> set[int | None]:
        """Threads that are inside of this function, in code as it was before it was swapped."""
        return {
            thread
            for thread, frame in running_frames()
            if frame.f_code.co_name == owner.co_name
            and id(frame.f_code) not in self._originals
            and self._paths.key(frame.f_code.co_filename) == key
            and frame.f_code == owner
        }

    def _traced(self, code: CodeType) -> TracedCode:
        """What the probes of its file want to see in a code object that runs unswapped."""
        uses: dict[int, list[TracedUse]] = {}
        file = self._files.get(self._paths.key(code.co_filename))
        plan = file.plan if file is not None else None
        if file is None or plan is None or id(code) in self._originals:
            return TracedCode(code, uses)
        for probe in file.probes:
            anchor = probe.anchor
            if probe.place is None or anchor.context == "parameter":
                continue
            column = plan.text.byte_of_utf16(anchor.line, anchor.column)
            for use in uses_from_source(code, anchor, column, plan.text):
                read = reader_for(code, use.kind, anchor)
                traced = TracedUse(probe.place, use.name, read, anchor.context == "store")
                uses.setdefault(use.offset, []).append(traced)
        return TracedCode(code, uses)

    def _report_waiting(self, probe: SwapProbe) -> None:
        self._report(probe.id, "pending", "not_loaded", not_loaded(probe.anchor))

    def _fault(self, probe_id: str, error: BaseException) -> None:
        name = type(error).__name__
        self._report(probe_id, "failed", "fault", f"Cannot go on with probe {probe_id}: {name} in the agent: {error}")


def _where(probe: SwapProbe) -> str:
    return f"{os.path.basename(probe.anchor.file)}:{probe.anchor.line}"
