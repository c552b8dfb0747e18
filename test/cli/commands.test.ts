import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../server/cli/commands.js";
import { SCENARIO_FILE, TOPOLOGY_FILE, smallFiles } from "../scenario/small-files.js";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "firedrill-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

async function run(...words: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const code = await runCommand(words, {
    scenariosFolder: folder,
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  return { code, out, error };
}

describe("validate", () => {
  test("a right file: exit 0", async () => {
    await write(smallFiles());
    const file = join(folder, SCENARIO_FILE);
    expect(await run("validate", file)).toEqual({ code: 0, out: [`${file}: ok`], error: [] });
  });

  test("a broken file: every error with its place, exit 1", async () => {
    await write(
      smallFiles([SCENARIO_FILE, "minutes: 20", "minutes: many"], [SCENARIO_FILE, "target: db", "target: dbb"]),
    );
    const file = join(folder, SCENARIO_FILE);
    const { code, error } = await run("validate", file);
    expect(code).toBe(1);
    expect(error).toEqual([
      `${file}:4:10: minutes: must be a whole number from 5 to 240, not "many"`,
      `${file}:23:13: faults[0].target: unknown component "dbb" (did you mean "db"?)`,
      "2 errors in 1 file",
    ]);
  });

  test("a broken expression of a rule is an error", async () => {
    await write(smallFiles(["rules/tiny.yaml", "up == 0", "sum(up"]));
    const { code, error } = await run("validate", join(folder, SCENARIO_FILE));
    expect(code).toBe(1);
    expect(error[0]).toContain("rules/tiny.yaml:5:15: groups[0].rules[0].expr: expression 1:");
  });

  test("so are a range in place of an instant and a broken template", async () => {
    await write(smallFiles(["rules/tiny.yaml", "up == 0", 'up[5m]\n        annotations: { summary: "{{ $valu }}" }']));
    const { code, error } = await run("validate", join(folder, SCENARIO_FILE));
    expect(code).toBe(1);
    expect(error[0]).toContain(
      "groups[0].rules[0].expr: the expression must be an instant vector or a scalar, not a matrix",
    );
    expect(error[1]).toContain("rules/tiny.yaml:6:33: groups[0].rules[0].annotations.summary: ");
  });

  test("a topology is checked by itself", async () => {
    await write(smallFiles([TOPOLOGY_FILE, "share: 100%", "share: 90%"]));
    const { code, error } = await run("validate", join(folder, TOPOLOGY_FILE));
    expect(code).toBe(1);
    expect(error[0]).toContain("journeys: shares sum to 90 %, not 100 %");
  });

  test("without a file all scenarios of the folder are checked", async () => {
    await write(smallFiles());
    await writeFile(join(folder, "another.yaml"), "title: [");
    const { code, out } = await run("validate");
    expect(code).toBe(1);
    expect(out).toEqual([`${join(folder, SCENARIO_FILE)}: ok`]);
  });

  test("a file that is not there: exit 1", async () => {
    const file = join(folder, "missing.yaml");
    const { code, error } = await run("validate", file);
    expect({ code, first: error[0] }).toEqual({ code: 1, first: `${file}:1:1: the file does not exist` });
  });
});

test("list shows titles, and broken files with the number of their errors", async () => {
  await write(smallFiles());
  await writeFile(join(folder, "another.yaml"), "title: [");
  const { code, out } = await run("list");
  expect(code).toBe(0);
  expect(out[0]).toMatch(/another\.yaml: \d errors?$/);
  expect(out[1]).toBe("buying: Buying is slow (introductory, 20 min)");
});

describe("simulate", () => {
  test("says what fires, what customers got beside the healthy twin, and shows a slow request", async () => {
    await write(smallFiles());
    const { code, out, error } = await run("simulate", join(folder, SCENARIO_FILE), "2");
    expect({ code, error }).toEqual({ code: 0, error: [] });
    expect(out[0]).toBe("buying: Buying is slow");
    const buy = out.find((line) => line.startsWith("  buy ")) ?? "";
    // 4 ms of waiting for storage became 250.
    expect(Number(/p50 (\d+) ms/.exec(buy)?.[1])).toBeGreaterThan(240);
    expect(Number(/p50 \d+ ms \[(\d+) ms\]/.exec(buy)?.[1])).toBeLessThan(30);
    expect(out.at(-1)).toMatch(/client shop-\d INSERT orders$/);
    expect(await run("simulate", join(folder, SCENARIO_FILE), "2")).toEqual({ code, out, error });
  });

  test("a broken file is refused with its errors", async () => {
    await write(smallFiles([SCENARIO_FILE, "minutes: 20", "minutes: many"]));
    const { code, error } = await run("simulate", join(folder, SCENARIO_FILE));
    expect(code).toBe(1);
    expect(error[0]).toContain("minutes: must be a whole number");
  });
});

describe("compare", () => {
  const play = async (...words: readonly string[]) => {
    await write(smallFiles([SCENARIO_FILE, "starts:", "recent: 7m\nstarts:"]));
    return run("compare", join(folder, SCENARIO_FILE), ...words);
  };
  const line = (out: readonly string[], piece: string): string => out.find((one) => one.includes(piece)) ?? "";

  test("with the healthy twin: when they part, who was hurt, along which calls", async () => {
    const { code, out, error } = await play();
    expect({ code, error }).toEqual({ code: 0, error: [] });
    expect(out[0]).toBe("buying beside its healthy twin, -7m to +10m");
    expect(line(out, "first difference")).toMatch(/ {3}-5m$/);
    expect(line(out, "the same again")).toContain("not before the end");
    // 15 of 17 minutes, and two times 250 ms against two times 4 ms.
    expect(Number(/hurt (\d+)/.exec(line(out, "  buy "))?.[1])).toBeGreaterThan(85);
    expect(line(out, "shop -> db")).toMatch(/[1-9]\d{3}\.\d s/);
    expect(line(out, "components")).not.toBe("");
    expect(await play()).toEqual({ code, out, error });
  });

  test("without an order of the reference: the same until it was given", async () => {
    const { code, out } = await play("--without", "1");
    expect({ code, title: out[0] }).toEqual({
      code: 0,
      title: "buying beside the same without order 1, -7m to +14m",
    });
    expect(line(out, "first difference")).toMatch(/ {3}\+[34]m/);
  });

  test("with one more fault: from its onset on, and what it adds", async () => {
    const { code, out } = await play("--fault", "dependency/errors:shop:ratio=30%");
    expect({ code, title: out[0] }).toEqual({
      code: 0,
      title: "buying beside the same with dependency/errors at shop, -7m to +10m",
    });
    const [, mine, other] = /failed ([\d.]+) % \[([\d.]+) %\]/.exec(line(out, "  buy ")) ?? [];
    expect(Number(mine)).toBe(0);
    expect(Number(other)).toBeGreaterThan(20);
  });

  test.each([
    ["an order that is not there", 2, ["--without", "7"], "the reference has no order 7"],
    ["a fault with a wrong parameter", 1, ["--fault", "dependency/errors:shop:ratio=lots"], "ratio"],
    ["a fault of no class", 1, ["--fault", "dependency/odd:shop"], 'unknown fault class "dependency/odd"'],
    ["a fault nowhere", 1, ["--fault", "dependency/slow:shp:factor=2"], 'unknown component "shp"'],
    ["a defect without a deploy", 1, ["--fault", "telemetry/label-cardinality:edge"], "comes with a deploy"],
    ["an option that is none", 2, ["--twin", "x"], "usage: npm run scenario -- compare FILE"],
    ["an option without its value", 2, ["--fault"], "usage: npm run scenario -- compare FILE"],
  ])("%s is refused", async (_, code, words, message) => {
    const answer = await play(...words);
    expect(answer.code).toBe(code);
    expect(answer.error.join("\n")).toContain(message);
  });
});

test("schema writes the files once and then finds them up to date", async () => {
  expect((await run("schema", "--check")).code).toBe(1);
  expect((await run("schema")).out).toHaveLength(3);
  expect(await run("schema")).toEqual({ code: 0, out: [], error: [] });
  expect((await run("schema", "--check")).code).toBe(0);
  expect(JSON.parse(await readFile(join(folder, "schema", "scenario.json"), "utf8"))).toMatchObject({ type: "object" });
});

test.each([
  [[]],
  [["validte"]],
  [["list", "x"]],
  [["schema", "now"]],
  [["validate", "--fast"]],
  [["simulate"]],
  [["simulate", "x.yaml", "-1"]],
  [["compare"]],
])("wrong use says how: %j", async (words) => {
  const { code, error } = await run(...words);
  expect(code).toBe(2);
  expect(error.join("\n")).toContain("usage: npm run scenario");
});

test("help is no mistake", async () => {
  const { code, out } = await run("help");
  expect(code).toBe(0);
  expect(out.join("\n")).toContain("validate [FILE…]");
});
