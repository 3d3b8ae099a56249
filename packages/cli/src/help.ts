/** The text of `--help`, for all and for each command. */
export type CommandName = "run" | "open" | "doctor";

export function helpText(of: CommandName | undefined): string {
  return of === undefined ? overview : texts[of];
}

const overview = `PyProbe: the digital oscilloscope for Python code.

  pyprobe run [options] SCRIPT [args…]      run a program and watch its variables
  pyprobe run [options] -m MODULE [args…]
  pyprobe open FILE.pyprobe                 look at a recording
  pyprobe doctor                            check this machine and say what to do

  pyprobe COMMAND --help                    the options of a command
  pyprobe --version
`;

const pageOptions = `  --port N             serve the page on this port of 127.0.0.1 (without it: any free one)
  --no-open            do not open a browser; the address is printed either way`;

const run = `pyprobe run [options] SCRIPT [args…]
pyprobe run [options] -m MODULE [args…]

Runs a program with your own Python and shows its variables while it runs. Everything after SCRIPT or MODULE belongs to the program.

  --python PATH        the interpreter; without it the active virtual environment, .venv beside the script, …
  --probe FILE:LINE[:COLUMN]:SYMBOL
                       put a probe there from the start; may be given many times. Lines and columns count from 1, as editors show
                       them. Without a column: the first place on the line that stores the name, else a parameter, else the first
                       that loads it. SYMBOL is a name, or a target as written (self.gain, buf[i]) or its last name (gain).
  --mode MODE          which hits the probes of the command line capture:
                         auto     all, until a probe would cost more than its budget; then a share (default with the page)
                         every    all; the program waits where it must (default with --headless)
                         latest   at most 60 a second, each the newest
                         change   only values that differ from the one before
                         N        hits 1, 1+N, 1+2N, …
  --when CONDITION     with --mode auto or every: capture only where this Python expression over the variables at the probe is
                       true, as in --when 'abs(x) > 3 and state == "lock"'. It runs none of the program's code; hits where it is
                       false, or cannot be evaluated, are counted
  --record FILE.pyprobe
                       write everything to a recording as well
${pageOptions}
  --headless           no page: the program's output as it is, and at the end what was captured, on stderr
  --json               with --headless: one JSON object a line on stdout, the program's output among them

With the page: Ctrl-C stops the program; when it has ended, the page stays until the next Ctrl-C.
The first Ctrl-C asks the program (SIGINT, then SIGTERM, then SIGKILL, two seconds apart), the second ends it at once.

Exit code: the program's own; 128 and the signal's number where a signal ended it; 2 where it could not be started.
`;

const open = `pyprobe open [options] FILE.pyprobe

Shows a recording in the page, with the panels of a program that runs. Ends with Ctrl-C.

${pageOptions}
`;

const doctor = `pyprobe doctor [--python PATH] [--json]

Checks the interpreter, the agent in it, shared memory, the browser and the ports, and says what to do about what is not right.

  --python PATH        check this interpreter alone
  --json               the findings as one JSON object

Exit code: 0 when programs can be run and watched, else 1.
`;

const texts: Readonly<Record<CommandName, string>> = { run, open, doctor };
