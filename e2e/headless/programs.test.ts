/** What a headless run tells about programs of every kind, as golden texts, under each way to watch a program. */
import { describe, expect, test } from "vitest";
import { runJson } from "../harness/cli.ts";
import { expectGolden } from "../harness/golden.ts";
import { pythonOfEachMechanism } from "../harness/pythons.ts";
import { transcriptOf } from "../harness/transcript.ts";

type Case = {
  readonly name: string;
  readonly probes: readonly string[];
  readonly program: readonly string[];
  readonly input?: string;
};

const cases: readonly Case[] = [
  { name: "store_in_a_loop", probes: ["add_up.py:8:total"], program: ["add_up.py"] },
  { name: "loop_target_and_sum", probes: ["add_up.py:7:i", "add_up.py:8:total"], program: ["add_up.py", "3"] },
  { name: "no_probe", probes: [], program: ["add_up.py"] },
  {
    name: "attribute_as_written_and_by_its_last_name",
    probes: ["set_attribute_and_item.py:9:self.gain", "set_attribute_and_item.py:6:gain"],
    program: ["set_attribute_and_item.py"],
  },
  { name: "item_of_a_list", probes: ["set_attribute_and_item.py:16:buf[i]"], program: ["set_attribute_and_item.py"] },
  { name: "parameter", probes: ["raise_in_main.py:4:start"], program: ["raise_in_main.py"] },
  {
    name: "column_chooses_the_load",
    probes: ["two_on_a_line.py:5:9:x", "two_on_a_line.py:5:5:x"],
    program: ["two_on_a_line.py"],
  },
  { name: "without_a_column_the_store", probes: ["two_on_a_line.py:5:x"], program: ["two_on_a_line.py"] },
  { name: "exception_in_main", probes: ["raise_in_main.py:8:share"], program: ["raise_in_main.py"] },
  { name: "exception_in_a_thread", probes: ["raise_in_thread.py:7:item"], program: ["raise_in_thread.py"] },
  { name: "exit_code", probes: ["exit_with_code.py:5:code"], program: ["exit_with_code.py", "3"] },
  { name: "end_by_os_exit", probes: ["end_by_os_exit.py:6:value"], program: ["end_by_os_exit.py"] },
  { name: "killed_by_itself", probes: ["kill_itself.py:8:value"], program: ["kill_itself.py"] },
  { name: "terminated_by_itself", probes: ["kill_itself.py:8:value"], program: ["kill_itself.py", "SIGTERM"] },
  { name: "child_process", probes: ["add_up.py:8:total"], program: ["run_child.py"] },
  { name: "forked_children", probes: ["fork_children.py:8:square"], program: ["fork_children.py"] },
  { name: "values_of_all_kinds", probes: ["values_of_all_kinds.py:27:value"], program: ["values_of_all_kinds.py"] },
  {
    name: "numpy_arrays",
    probes: [5, 6, 7, 8, 9, 10, 11].map((line) => `arrays.py:${line}:signal`),
    program: ["arrays.py"],
  },
  { name: "code_that_never_runs", probes: ["never_called.py:7:hidden"], program: ["never_called.py"] },
  { name: "a_name_that_is_not_there", probes: ["add_up.py:8:sum", "add_up.py:8:total"], program: ["add_up.py"] },
  { name: "a_line_without_code", probes: ["add_up.py:2:total"], program: ["add_up.py"] },
  { name: "a_name_that_cannot_be_probed", probes: ["never_called.py:7:math"], program: ["never_called.py"] },
  { name: "a_file_that_is_not_there", probes: ["nowhere.py:1:x"], program: ["add_up.py"] },
  { name: "input_is_passed_on", probes: ["read_input.py:6:word"], program: ["read_input.py"], input: "one\ntwo\n" },
  { name: "surroundings_of_a_script", probes: [], program: ["print_surroundings.py", "--mode", "x"] },
  { name: "module", probes: ["greeting/__main__.py:6:text"], program: ["-m", "greeting", "ann", "bob"] },
  { name: "mode_every_second", probes: ["--mode=2", "add_up.py:8:total"], program: ["add_up.py"] },
  {
    name: "mode_change",
    probes: ["--mode=change", "two_on_a_line.py:4:_", "add_up.py:8:total"],
    program: ["add_up.py", "4"],
  },
  {
    name: "mode_when",
    probes: ["--when=total > 2 and i % 2 == 1", "add_up.py:8:total", "add_up.py:7:i"],
    program: ["add_up.py", "6"],
  },
  { name: "mode_when_cannot_tell", probes: ["--when=gain > i", "add_up.py:8:total"], program: ["add_up.py"] },
];

describe.each(pythonOfEachMechanism())("Python $tag", ({ path }) => {
  test.each(cases)("$name", async ({ name, probes, program, input }) => {
    const options = probes.map((probe) => (probe.startsWith("--") ? probe : `--probe=${probe}`));
    const result = await runJson(["--python", path, ...options, ...program], input === undefined ? {} : { input });
    expectGolden(`headless/${name}`, transcriptOf(result));
    expect(result.lines.at(-1)?.event).toBe("end");
  });
});
