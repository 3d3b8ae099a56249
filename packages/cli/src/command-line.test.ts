import { expect, test } from "vitest";
import { type Command, glanceAtRun, parseCommandLine, type RunCommand } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

const cwd = "/home/ann";

function run(...argv: string[]): RunCommand {
  const command = parseCommandLine(["run", ...argv], cwd);
  if (command.kind !== "run") throw new Error(`This is ${command.kind}, not run`);
  return command;
}

function refusal(...argv: string[]): string {
  try {
    parseCommandLine(argv, cwd);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`"${argv.join(" ")}" was not refused`);
}

test("everything after the script belongs to the program", () => {
  const command = run("--python", "py", "app.py", "--python", "x", "--help", "--", "-m", "--probe");
  expect(command.program).toEqual({ kind: "script", path: "app.py" });
  expect(command.args).toEqual(["--python", "x", "--help", "--", "-m", "--probe"]);
  expect(command.python).toBe("py");
});

test("a module takes the rest as well, options of its own included", () => {
  const command = run("--headless", "-m", "http.server", "-m", "8000", "--json");
  expect(command.program).toEqual({ kind: "module", name: "http.server" });
  expect(command.args).toEqual(["-m", "8000", "--json"]);
  expect(command.output).toEqual({ kind: "report" });
});

test("a module may stick to its option", () => {
  expect(run("-mjson.tool", "a").program).toEqual({ kind: "module", name: "json.tool" });
  expect(run("-mjson.tool", "a").args).toEqual(["a"]);
});

test("a double dash ends our options, so that a script may begin with a dash", () => {
  const command = run("--headless", "--", "-odd.py", "--", "a");
  expect(command.program).toEqual({ kind: "script", path: "-odd.py" });
  expect(command.args).toEqual(["--", "a"]);
});

test("the value of an option is not taken for the script", () => {
  const command = run("--mode", "every", "--port=8080", "--record", "a.pyprobe", "app.py");
  expect(command.program).toEqual({ kind: "script", path: "app.py" });
  expect(command.record).toBe("/home/ann/a.pyprobe");
  expect(command.output).toEqual({ kind: "page", port: 8080, open: true });
});

test("the mode is auto with the page and every without it, and holds for all probes", () => {
  const probes = ["--probe", "a.py:1:x", "--probe", "a.py:2:y"];
  expect(run(...probes, "a.py").probes.map(({ mode }) => mode.kind)).toEqual(["auto", "auto"]);
  expect(run("--headless", ...probes, "a.py").probes.map(({ mode }) => mode.kind)).toEqual(["every", "every"]);
  expect(run(...probes, "--mode", "10", "a.py").probes.map(({ mode }) => mode)).toEqual([
    { kind: "every_n", n: 10 },
    { kind: "every_n", n: 10 },
  ]);
});

test("a condition restricts mode auto or every", () => {
  const probe = ["--probe", "a.py:1:x", "--when", "abs(x) > 3"];
  const when = (every: boolean) => [{ kind: "when", expression: "abs(x) > 3", every }];
  expect(run(...probe, "a.py").probes.map(({ mode }) => mode)).toEqual(when(false));
  expect(run("--headless", ...probe, "a.py").probes.map(({ mode }) => mode)).toEqual(when(true));
  expect(run("--headless", "--mode=auto", ...probe, "a.py").probes.map(({ mode }) => mode)).toEqual(when(false));
});

test.each<[string[], boolean, boolean]>([
  [[], false, false],
  [["--headless"], false, true],
  [["--python", "a.py"], false, false],
  [["a.py", "--headless"], true, false],
  [["--headless", "-m", "app"], true, true],
  // What cannot be understood is refused by whoever runs it; there is nothing to prepare for it.
  [["-m"], true, true],
])(
  "npm start sees in %j whether a program is named, and whether a page is wanted",
  (argv, namesProgram, isHeadless) => {
    expect(glanceAtRun(argv)).toEqual({ namesProgram, isHeadless });
  },
);

test("a bare interpreter is a name to look up, one with a slash a path", () => {
  expect(run("--python", "python3.13", "a.py").python).toBe("python3.13");
  expect(run("--python", "env/bin/python", "a.py").python).toBe("/home/ann/env/bin/python");
});

test.each<[string, string[], Command]>([
  ["no command", [], { kind: "help", of: undefined }],
  ["--help", ["--help"], { kind: "help", of: undefined }],
  ["run --help", ["run", "--help"], { kind: "help", of: "run" }],
  ["run --help before a script", ["run", "--help", "a.py"], { kind: "help", of: "run" }],
  ["open -h", ["open", "-h"], { kind: "help", of: "open" }],
  ["--version", ["--version"], { kind: "version" }],
  ["doctor --version", ["doctor", "--version"], { kind: "version" }],
  [
    "open",
    ["open", "--no-open", "a.pyprobe"],
    { kind: "open", path: "/home/ann/a.pyprobe", port: undefined, open: false },
  ],
  ["doctor", ["doctor", "--python", "p", "--json"], { kind: "doctor", python: "p", json: true, cwd }],
])("%s", (_, argv, command) => {
  expect(parseCommandLine(argv, cwd)).toEqual(command);
});

test.each<[string[], string]>([
  [["walk"], 'there is no command "walk" (choose from run, open, doctor)'],
  [["run"], "there is no script (give a path, or -m and a module's name)"],
  [["run", "--python", "p"], "there is no script (give a path, or -m and a module's name)"],
  [["run", ""], "there is no script (give a path, or -m and a module's name)"],
  [["run", "-m"], "-m needs a module's name"],
  [["run", "-c", "print(1)"], "there is no -c (put the code into a file)"],
  [["run", "-"], "a program is not read from standard input (put it into a file)"],
  [["run", "--python", "", "a.py"], "--python needs the path of an interpreter"],
  [["doctor", "--python="], "--python needs the path of an interpreter"],
  [["run", "--record", "", "a.py"], "--record needs the path of a file"],
  [["run", "--port", "-1", "a.py"], "option '--port' argument is ambiguous"],
  [["run", "--probes", "a.py:1:x", "a.py"], "unknown option '--probes'"],
  [["run", "--json", "a.py"], "--json needs --headless"],
  [["run", "--headless", "--port", "1", "a.py"], "--port has no meaning with --headless"],
  [["run", "--port", "70000", "a.py"], '--port "70000" is not a port (0 to 65535; 0 takes a free one)'],
  [["run", "--mode", "0", "a.py"], '--mode "0" is none of auto, every, latest, change, or a number from 1'],
  [["run", "--mode", "fast", "a.py"], '--mode "fast" is none of auto, every, latest, change, or a number from 1'],
  [["run", "--when", "x", "a.py"], "--when has no meaning without --probe"],
  [["run", "--when", " ", "--probe", "a.py:1:x", "a.py"], "--when needs a condition, such as --when 'x > 3'"],
  [
    ["run", "--when", "x", "--mode", "latest", "--probe", "a.py:1:x", "a.py"],
    "--when goes with --mode auto or every: it says itself which hits are captured",
  ],
  [["open"], "give the path of one recording"],
  [["open", "a", "b"], "give the path of one recording"],
  [["doctor", "a"], '"a" has no meaning here'],
])("%j is refused", (argv, message) => {
  expect(refusal(...argv)).toBe(message);
});
