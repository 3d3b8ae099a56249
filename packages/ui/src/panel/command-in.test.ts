import { expect, test } from "vitest";
import { commandIn } from "./command-in.ts";

test("finds the command that a message asks for", () => {
  const old =
    "Your pyprobe-tracer is 0.1, but this PyProbe requires 0.3. Run: /usr/bin/python3 -m pip install --upgrade pyprobe-tracer";
  expect(commandIn(old)).toBe("/usr/bin/python3 -m pip install --upgrade pyprobe-tracer");
  expect(commandIn("Cannot start app.py: no Python was found (run `pip install pyprobe-tracer`)")).toBe(
    "pip install pyprobe-tracer",
  );
  const spaced =
    "Cannot use the agent: it is missing. Run: C:\\\\Program Files\\\\python.exe -m pip install pyprobe-tracer";
  expect(commandIn(spaced)).toBe("C:\\\\Program Files\\\\python.exe -m pip install pyprobe-tracer");
  expect(commandIn("Cannot run app.py: it does not exist")).toBeUndefined();
});
