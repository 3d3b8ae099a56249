"""Exceptions that nobody caught are told, and the program's own hooks notice nothing."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from engine_peer import Engine


def exceptions(tmp_path: Path, program: str, name: str = "program.py") -> tuple[list[dict[str, Any]], bytes, bytes]:
    script = tmp_path / name
    script.write_text(textwrap.dedent(program))
    engine = Engine(tmp_path)
    _, out, err = engine.run(script)
    return engine.links[0].event("exception"), out, err


def test_main_program(tmp_path: Path) -> None:
    (told,), _, err = exceptions(tmp_path, "def f(x):\n    return 1 / x\n\nf(0)\n")
    file = str(tmp_path / "program.py")
    assert told == {
        "type": "event",
        "event": "exception",
        "exception": "ZeroDivisionError",
        "message": "division by zero",
        "file": file,
        "line": 2,
        "thread": "MainThread",
        "frames": [{"file": file, "line": 4, "function": "<module>"}, {"file": file, "line": 2, "function": "f"}],
    }
    assert err.count(b"ZeroDivisionError") == 1


def test_a_script_called_almost_like_runpy(tmp_path: Path) -> None:
    (told,), _, _ = exceptions(tmp_path, "1 / 0\n", "runpy_tool.py")
    assert (told["file"], told["line"]) == (str(tmp_path / "runpy_tool.py"), 1)


def test_source_that_does_not_parse(tmp_path: Path) -> None:
    (told,), _, _ = exceptions(tmp_path, "x = 1\ny = = 2\n")
    assert (told["exception"], told["line"], told["file"]) == ("SyntaxError", 2, str(tmp_path / "program.py"))


def test_no_message_is_made_by_the_program(tmp_path: Path) -> None:
    (told,), out, _ = exceptions(
        tmp_path,
        """\
        import sys
        class Odd(Exception):
            def __str__(self): print("own code"); return "made"
        sys.excepthook = lambda *_: None
        raise Odd("the argument")
        """,
    )
    assert (told["exception"], told["message"], out) == ("__main__.Odd", "the argument", b"")


def test_threads_and_tasks(tmp_path: Path) -> None:
    told, out, _ = exceptions(
        tmp_path,
        """\
        import asyncio, threading, time
        def work(): raise ValueError("thread")
        async def bad(): raise KeyError("task")
        async def main():
            task = asyncio.create_task(bad()); await asyncio.sleep(0.1); del task
        time.sleep(0.3)
        thread = threading.Thread(target=work, name="worker"); thread.start(); thread.join()
        asyncio.run(main())
        threading.excepthook = lambda args: print("own", args.exc_type.__name__)
        thread = threading.Thread(target=work); thread.start(); thread.join()
        """,
    )
    assert [(event["exception"], event["message"], event["thread"]) for event in told[:2]] == [
        ("ValueError", "thread", "worker"),
        ("KeyError", "'task'", "asyncio"),
    ]
    assert out == b"own ValueError\n"


def test_a_task_that_fails_as_soon_as_asyncio_is_there(tmp_path: Path) -> None:
    told, out, _ = exceptions(
        tmp_path,
        """\
        import asyncio, pathlib
        here = pathlib.Path(__file__).parent
        async def bad(): raise KeyError("early")
        async def main():
            task = asyncio.create_task(bad()); await asyncio.sleep(0); await asyncio.sleep(0); del task
        asyncio.run(main())
        (here / "faulty.py").write_text("1 / 0")
        try:
            import faulty
        except ZeroDivisionError as error:
            frame = error.__traceback__.tb_next
            print(frame.tb_frame.f_code.co_filename.endswith("faulty.py"), frame.tb_next)
        """,
    )
    assert [(event["exception"], event["message"], event["thread"]) for event in told] == [("KeyError", "'early'", "asyncio")]
    assert out == b"True None\n"


def test_threads_of_a_program_that_has_just_begun(tmp_path: Path) -> None:
    told, out, _ = exceptions(
        tmp_path,
        """\
        import threading
        def work(number): raise ValueError(number)
        for number in range(20):
            thread = threading.Thread(target=work, args=(number,)); thread.start(); thread.join()
        print(threading.excepthook is getattr(threading, "__excepthook__", threading.excepthook))
        """,
    )
    assert [event["message"] for event in told] == [str(number) for number in range(20)]
    assert out == b"True\n"


def test_exit_is_no_exception(tmp_path: Path) -> None:
    assert exceptions(tmp_path, "raise SystemExit('text')\n")[0] == []


def test_secrets_in_messages(tmp_path: Path) -> None:
    (told,), _, _ = exceptions(tmp_path, "raise ValueError('ghp_abcdefghijklmnopqrstuvwxyz0123456789')\n")
    assert told["message"] == "•••"
