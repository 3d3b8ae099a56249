import { expect, test } from "vitest";
import { readReport } from "./pytest-suite.ts";

test("failures and errors fail, and each skip keeps its reason", () => {
  const xml = `<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4">
    <testcase classname="tests.test_a" name="test_one" time="0.1" />
    <testcase classname="tests.test_a" name="test_two" time="0.1"><failure message="no">at &gt; here</failure></testcase>
    <testcase classname="" name="tests.test_b" time="0"><error message="no import">…</error></testcase>
    <testcase classname="tests.test_c" name="test_four" time="0"><skipped type="pytest.skip" message="needs &quot;fork&quot;">x</skipped></testcase>
  </testsuite></testsuites>`;
  expect(readReport(xml)).toEqual({
    passed: 1,
    failed: 2,
    skipped: [{ test: "tests.test_c.test_four", reason: 'needs "fork"' }],
  });
});
