"""Keeps the probes of a process that has `sys.monitoring`, and places them in code as it appears.

State: the wishes (`add`), and for each the places in the code objects found so far. Guarded by one reentrant lock, which
the program's threads take only when code of a probed file starts for the first time.
"""

from __future__ import annotations

from _thread import RLock
from typing import TYPE_CHECKING

from .._hit.calls import Clerk
from .._hit.hits import PlaceError
from .._hit.readers import reader_for
from .._place.anchors import Ambiguous, find_sites, walk_code
from .._place.code_map import CodeMaps
from .._place.discovery import loaded_code
from .._place.explain import explain, not_loaded
from .._source.files import Files
from .._source.sources import Sources
from .monitoring import Monitoring

if TYPE_CHECKING:
    from types import CodeType
    from typing import Callable

    from .._hit.hits import Anchor, CaptureFn, Mechanism, StateFn
    from .places import Place


class MonitoredProbe:
    """A wish and what became of it."""

    def __init__(self, probe_id: str, anchor: Anchor, capture: CaptureFn) -> None:
        self.id = probe_id
        self.anchor = anchor
        self.capture = capture
        self.places: list[Place] = []
        self.placed_in: dict[int, CodeType] = {}
        self.is_resting = False


class MonitoringPlacer:
    mechanism: Mechanism = "monitoring"

    def __init__(self, report: StateFn) -> None:
        self._report = report
        self._lock = RLock()
        self._clerk = Clerk()
        self._files = Files()
        self._sources = Sources()
        self._probes: dict[str, MonitoredProbe] = {}
        self._by_file: dict[str, list[MonitoredProbe]] = {}
        self._codes: dict[str, dict[int, CodeType]] = {}
        """By file, the code that was found when its first probe came, and all that began to run since then: while there are
        probes, nothing begins unseen."""
        self._maps = CodeMaps()
        self._monitoring: Monitoring | None = None
        self._has_begun = False
        """The program runs: code may exist that was not seen to start."""

    def add(self, probe_id: str, number: int, anchor: Anchor, capture: CaptureFn) -> None:
        try:
            with self._lock:
                self._add(MonitoredProbe(probe_id, anchor, capture))
        except PlaceError as error:
            self._report(probe_id, "failed", error.code, error.message)
        except Exception as error:
            self._fault(probe_id, error)

    def _add(self, probe: MonitoredProbe) -> None:
        monitoring = self._mechanism()
        file = self._files.key(probe.anchor.file)
        self._probes[probe.id] = probe
        self._by_file.setdefault(file, []).append(probe)
        monitoring.discover(True)
        codes = self._codes.get(file)
        if codes is None:
            codes = self._codes[file] = self._loaded(file)
        for code in codes.values():
            self._place(probe, code)
        if not probe.places:
            self._report_absent(probe, list(codes.values()))

    def _loaded(self, file: str) -> dict[int, CodeType]:
        found = loaded_code(lambda name: self._files.key(name) == file) if self._has_begun else []
        return {id(code): code for code in found}

    def _mechanism(self) -> Monitoring:
        if self._monitoring is None:
            self._monitoring = Monitoring(self._clerk, self._fault, self._on_code)
        return self._monitoring

    def remove(self, probe_id: str) -> None:
        with self._lock:
            probe = self._probes.pop(probe_id, None)
            if probe is None or self._monitoring is None:
                return
            file = self._files.key(probe.anchor.file)
            rest = [other for other in self._by_file.get(file, []) if other is not probe]
            if rest:
                self._by_file[file] = rest
            else:
                self._by_file.pop(file, None)
                self._codes.pop(file, None)
                self._maps.clear()
            self._monitoring.remove(probe.places)
            if not self._probes:
                self._monitoring.discover(False)

    def arm(self, probe_id: str) -> None:
        with self._lock:
            probe = self._probes.get(probe_id)
            if probe is not None and self._monitoring is not None:
                probe.is_resting = False
                self._monitoring.arm(probe.places)

    def rest(self, probe_id: str) -> None:
        with self._lock:
            probe = self._probes.get(probe_id)
            if probe is not None and self._monitoring is not None:
                probe.is_resting = True
                self._monitoring.rest(probe.places)

    def hit_cost_ns(self, capture: CaptureFn, again: Callable[[], object]) -> float:
        with self._lock:
            return self._mechanism().hit_cost_ns(capture, again)

    def begin(self) -> None:
        self._has_begun = True

    def prepare(self, source: bytes, filename: str) -> CodeType:
        self._has_begun = True
        code = compile(source, filename, "exec", dont_inherit=True)
        self._on_code(code)
        return code

    def tick(self) -> None:
        """Nothing to look for: the interpreter tells of all code that begins."""

    def fork_child(self) -> None:
        # A thread of the parent may have held the lock when it forked.
        self._lock = RLock()
        self._clerk.fork_child()
        if self._monitoring is not None:
            self._monitoring.fork_child()

    def close(self) -> None:
        with self._lock:
            self._probes.clear()
            self._by_file.clear()
            self._codes.clear()
            self._maps.clear()
            if self._monitoring is not None:
                self._monitoring.close()
                self._monitoring = None

    def _on_code(self, code: CodeType) -> None:
        """Code begins to run for the first time."""
        if not self._by_file or self._files.key(code.co_filename) not in self._by_file:
            return
        try:
            with self._lock:
                file = self._files.key(code.co_filename)
                probes = self._by_file.get(file, ())
                codes = list(walk_code(code))
                if file in self._codes:
                    self._codes[file].update((id(inner), inner) for inner in codes)
                for probe in probes:
                    for inner in codes:
                        self._place(probe, inner)
                    if not probe.places and code.co_name == "<module>":
                        self._report_absent(probe, codes)
        except Exception as error:
            for probe in list(self._by_file.get(self._files.key(code.co_filename), ())):
                self._fault(probe.id, error)

    def _place(self, probe: MonitoredProbe, code: CodeType) -> None:
        monitoring = self._mechanism()
        if id(code) in probe.placed_in:
            return
        anchor = probe.anchor
        if anchor.context == "parameter":
            from .._place.parameters import takes_parameter

            name = takes_parameter(code, anchor, self._sources)
            if name is None:
                return
            read = reader_for(code, "fast", anchor)
            places = [monitoring.place(code, None, read, probe_id=probe.id, capture=probe.capture, name=name)]
        else:
            column = self._sources.byte_column(anchor)
            known = self._maps.of(code)
            try:
                sites = find_sites(known, anchor, column)
            except Ambiguous:
                from .._place.source_map import sites_from_source

                sites = sites_from_source(known, anchor, column, self._sources)
            places = []
            for site in sites:
                read = reader_for(code, site.kind, anchor)
                place = monitoring.place(code, site, read, probe_id=probe.id, capture=probe.capture, name=site.name)
                places.append(place)
        if not places:
            return
        probe.placed_in[id(code)] = code
        probe.places.extend(places)
        if not probe.is_resting:
            monitoring.arm(places)
        self._report(probe.id, "armed", None, None)

    def _report_absent(self, probe: MonitoredProbe, codes: list[CodeType]) -> None:
        """Not placed: because the code is not there yet, or because it never will be?"""
        if codes:
            error = explain(probe.anchor, codes, self._sources)
            if error is not None:
                self._report(probe.id, "failed", error.code, error.message)
                return
        self._report(probe.id, "pending", "not_loaded", not_loaded(probe.anchor))

    def _fault(self, probe_id: str, error: BaseException) -> None:
        name = type(error).__name__
        self._report(probe_id, "failed", "fault", f"Cannot go on with probe {probe_id}: {name} in the agent: {error}")
