/** The project's own rules, which no other tool holds. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n").filter(existsSync);
const documents = tracked.filter((path) => path.endsWith(".md"));
const sources = tracked.filter(
  (path) => /\.(ts|mjs|cjs|js|css|html|json|ya?ml|md)$/.test(path) && path !== "package-lock.json",
);

/** A document without its fenced code. */
const prose = (path: string): string => readFileSync(path, "utf8").replace(/^```[\s\S]*?^```/gm, "");

test("every document has one title", () => {
  const titles = documents.map((path) => [path, [...prose(path).matchAll(/^# /gm)].length] as const);
  expect(titles.filter(([, count]) => count !== 1)).toEqual([]);
});

test("every relative link of a document leads to something", () => {
  const broken = documents.flatMap((path) =>
    [...prose(path).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .map(([, target]) => join(dirname(path), target ?? ""))
      .filter((target) => !existsSync(target))
      .map((target) => `${path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every large folder has a README", () => {
  const folders = [
    "server",
    "client",
    "test",
    "scenarios",
    "sim",
    "topology",
    "faults",
    "telemetry",
    "query",
    "alerting",
    "scenario",
    "world",
    "grading",
    "sessions",
    "http",
    "realtime",
    "cli",
  ];
  const paths = folders.map((name) => (existsSync(name) ? name : `server/${name}`));
  expect(paths.filter((path) => !existsSync(join(path, "README.md")))).toEqual([]);
});

test("no test is focused or skipped, and nothing is left to do in a comment", () => {
  const left = sources
    .filter((path) => /\.(ts|mjs)$/.test(path) && path !== "test/tidy.test.ts")
    .filter((path) => /\b(it|test|describe)\.(only|skip|todo)\b|\b(TODO|FIXME|XXX)\b/.test(readFileSync(path, "utf8")));
  expect(left).toEqual([]);
});

test("no file names a path of somebody's machine or a package registry", () => {
  const found = sources
    .filter((path) => path !== "test/tidy.test.ts")
    .filter((path) =>
      /(?<!\w)\/(home|Users|root|work)\/\w+\/|\bregistry\.[a-z]+\.(org|com|io)\b/.test(readFileSync(path, "utf8")),
    );
  expect(found).toEqual([]);
});

test("continuous integration runs what the README says and nothing else", () => {
  const commands = readFileSync(".ci/run", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("npm "));
  expect(commands).toEqual(["npm ci", "npm test"]);
  const readme = readFileSync("README.md", "utf8");
  for (const command of commands) expect(readme).toContain(command);
});

test("every script that the README names is there", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = [...readFileSync("README.md", "utf8").matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? "");
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});
