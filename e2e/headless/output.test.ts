/** What a program writes, as it arrives where the command's own output goes. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { linesOf, pyprobeBin, runJson, targetsFolder } from "../harness/cli.ts";
import { pythonOfEachMechanism } from "../harness/pythons.ts";

function outputOf(command: string, args: readonly string[]): { stdout: Buffer; stderr: Buffer } {
  const env = { ...process.env, INIT_CWD: undefined };
  const { stdout, stderr } = spawnSync(command, args, { cwd: targetsFolder, env, maxBuffer: 16 * 1024 * 1024 });
  return { stdout, stderr };
}

describe.each(pythonOfEachMechanism())("Python $tag", ({ path }) => {
  test.each(["writes_raw_bytes.py", "prints_bytes.py"])(
    "the bytes of %s are those that plain Python gives",
    (target) => {
      const plain = outputOf(path, [target]);
      const watched = outputOf(process.execPath, [pyprobeBin, "run", "--headless", "--python", path, target]);
      expect(watched.stdout.equals(plain.stdout)).toBe(true);
      expect(watched.stderr.equals(plain.stderr)).toBe(true);
      expect(plain.stdout.length).toBeGreaterThan(0);
    },
  );

  test("as events it is text, with replacement characters where there is none", async () => {
    const { lines } = await runJson(["--python", path, "writes_raw_bytes.py"]);
    const text = linesOf(lines, "output").map((line) => (line.stream === "stdout" ? line.text : ""));
    expect(text.join("")).toMatch(/^\ufffdPNG\r\n[\s\S]*\ufeffmarkcut \ufffd$/);
  });
});
