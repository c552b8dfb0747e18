/** Tests of rules in promtool's format: their notation, and what comes of files that pass and that do not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseMetric, parseValues } from "../../server/alerting/rule-tests/series-notation.js";
import { runCommand } from "../../server/cli/commands.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";

const STALE = STALE_MARKER;

describe("the notation of series", () => {
  it.each([
    ["1 2.5 -3", [1, 2.5, -3]],
    ["1x3", [1, 1, 1, 1]],
    ["0+10x3", [0, 10, 20, 30]],
    ["5-1x2 1e2", [5, 4, 3, 100]],
    ["-2+4x2", [-2, 2, 6]],
    ["1 _ 2 _x2 3", [1, undefined, 2, undefined, undefined, 3]],
    ["0x10", new Array<number>(11).fill(0)],
    ["stale 1", [STALE, 1]],
    ["Inf -inf NaN", [Infinity, -Infinity, NaN]],
    ["", []],
  ])("%j", (text, expected) => {
    const read = parseValues(text);
    expect(read).toEqual({ ok: true, value: expected });
    if (read.ok)
      expect(read.value.map((value) => Object.is(value, STALE))).toEqual(
        expected.map((value) => Object.is(value, STALE)),
      );
  });

  it.each([
    ["1 q", /unexpected "q" in series values, expected number or "stale"/],
    ["{{schema:0}}", /histograms/],
    ["1x2000000", /1000000 values/],
  ])("%j is refused", (text, message) => {
    expect(parseValues(text)).toEqual({ ok: false, error: expect.stringMatching(message) as unknown });
  });

  it.each([
    ["up", { __name__: "up" }],
    ['up{job="a", instance = `b"c`,}', { __name__: "up", job: "a", instance: 'b"c' }],
    ["{}", {}],
    ['{"a.b"="c", e=""}', { "a.b": "c" }],
  ])("%s", (text, expected) => {
    expect(parseMetric(text)).toEqual({ ok: true, value: expected });
  });

  it.each(["up{", "up{a}", 'up{a="b" c="d"}', "up down"])("%s is no series", (text) => {
    expect(parseMetric(text)).toMatchObject({ ok: false });
  });
});

describe("test-rules", () => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-rule-tests-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function said(...files: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
    const lines: string[] = [];
    const write = (line: string): number => lines.push(line);
    const status = await runCommand(["test-rules", ...files], {
      scenariosFolder: "scenarios",
      out: write,
      error: write,
    });
    return { status, text: lines.join("\n") };
  }

  const written = (text: string): string => {
    const file = join(folder, "test.yaml");
    writeFileSync(file, text);
    return file;
  };

  it.each(["rules-test", "rule-tests/passes", "rule-tests/states"])("passes %s as promtool does", async (name) => {
    const file = `test/clients/${name}.yaml`;
    expect(await said(file)).toEqual({ status: 0, text: `Unit Testing:  ${file}\n  SUCCESS\n` });
  });

  it("says what is not as expected, in promtool's words", async () => {
    const { status, text } = await said("test/clients/rule-tests/fails.yaml");
    expect(status).toBe(1);
    expect(text).toContain(
      [
        "    name: wrong,",
        "    alertname: Waits, time: 6m30s, ",
        "        exp:[], ",
        "        got:[",
        "            0:",
        '              Labels:{alertname="Waits", job="cart", severity="ticket"}',
        "              Annotations:{}",
        "            ]",
      ].join("\n"),
    );
    expect(text).toContain("        exp: {} 1E-03\n        got: nil");
    expect(text).toContain('    expr: "up +", time: 1m, err: 1:5: parse error: unexpected end of input');
  });

  it.each([
    ["rule_files: []\nfoo: 1\n", /line 2: field foo not found/],
    ["tests: [{ alert_rule_test: [{ eval_time: 1m }] }]\n", /misses required attribute alertname at eval_time 1m/],
    ["tests: [{ input_series: [{ series: 'up{', values: '1' }] }]\n", /parse error/],
    ["tests: [{ promql_expr_test: [{ expr: up, eval_time: 1x }] }]\n", /line 1: not a valid duration string: "1x"/],
    ["group_eval_order: [a, a]\n", /group name repeated in evaluation order: a/],
    [
      "rule_files: [none.yaml]\ntests: [{ promql_expr_test: [{ expr: 'time()', eval_time: 1h }] }]\n",
      /no file match pattern[^]*got: \{\} 3.6E\+03/,
    ],
    ["rule_files: ['../nobody/*.yaml']\n", /no file match pattern[^]*SUCCESS/],
    ["a: [\n", /yaml: /],
  ])("of %j it says %s", async (text, expected) => {
    expect((await said(written(text))).text).toMatch(expected);
  });

  it("says where a rule file is wrong", async () => {
    writeFileSync(join(folder, "bad.yaml"), 'groups: [{ name: a, rules: [{ alert: A, expr: "up ==" }] }]\n');
    const { status, text } = await said(written("rule_files: [bad.yaml]\n"));
    expect(status).toBe(1);
    expect(text).toMatch(/bad\.yaml: groups\[0\]\.rules\[0\]\.expr: 1:6: unexpected end of input/);
  });

  it("ends a test at the rule that cannot be evaluated", async () => {
    const expr = "label_replace(up, 'a', 'z', '', '')";
    writeFileSync(join(folder, "bad.yaml"), `groups: [{ name: a, rules: [{ record: c, expr: "${expr}" }] }]\n`);
    const series = "input_series: [{ series: 'up{a=\"x\"}', values: 1x5 }, { series: 'up{a=\"y\"}', values: 1x5 }]";
    const { text } = await said(
      written(`rule_files: [bad.yaml]\ntests: [{ ${series}, promql_expr_test: [{ expr: up, eval_time: 5m }] }]\n`),
    );
    expect(text.match(/rule: c, time: 0s, err: .*same labelset/g)).toHaveLength(1);
    expect(text).not.toContain("expr:");
  });

  it("tells how it is used", async () => {
    expect(await said()).toMatchObject({ status: 2 });
    expect((await said("nothing.yaml")).text).toMatch(/open nothing\.yaml: no such file/);
  });
});
