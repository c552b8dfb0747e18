/**
 * From the texts of a scenario file and the files that it names to a checked `Scenario`, or to everything that is wrong
 * with them. Pure: the caller reads the files. Steps: YAML to values with positions, values against the schemas, then
 * checks of meaning; each step goes on past the mistakes of the one before as far as it can.
 */
import type { Diagnostic } from "../base/diagnostic.js";
import type { SloSpec, Topology } from "../topology/types.js";
import type { DashboardFile } from "../wire/dashboard.js";
import { buildScenario } from "./build-scenario.js";
import { buildPlant, buildTopology } from "./build-topology.js";
import { resourceUses } from "./capacity.js";
import { checkDashboard } from "./check-dashboard.js";
import { checkAudience } from "./check-load.js";
import { checkScenario } from "./check-scenario.js";
import { checkStoryPlant, checkTopology } from "./check-topology.js";
import { reportProcessingTimes } from "./check-messages.js";
import type { Report } from "./report.js";
import { dashboardSchema } from "./dashboard-schema.js";
import { buildAudience } from "./load-schema.js";
import { openPeak, reportExtraLoad, totalOf, useName, UTILISATION_WARNING } from "./peak-load.js";
import { defined } from "./records.js";
import { scenarioSchema } from "./scenario-schema.js";
import type { WrittenScenario } from "./scenario-schema.js";
import { buildSlos, sloFileSchema } from "./slo-file.js";
import { SourceDocument } from "./source-document.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";
import { textDigest } from "./text-digest.js";
import { tolerantParse } from "./tolerant-parse.js";
import type { LocatedProblem, TolerantResult } from "./tolerant-parse.js";
import { NAMED_COLLECTIONS, rulesSchema, topologySchema } from "./topology-schema.js";
import type { WrittenRules, WrittenTopology } from "./topology-schema.js";
import type { Scenario } from "./types.js";

/** Texts by path, `/` between folders, relative to one root. */
export type SourceFiles = ReadonlyMap<string, string>;

export interface ScenarioReading {
  /** Undefined when there is an error. */
  readonly scenario?: Scenario;
  /** Errors and warnings, file by file, from top to bottom. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface TopologyReading {
  readonly topology?: Topology;
  readonly diagnostics: readonly Diagnostic[];
}

/** A complaint about the text of a PromQL expression in a rule or an SLO. Offsets are those of the expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly hint?: string;
}

export interface ReadOptions {
  /**
   * Checks one PromQL expression. The query language lies above this folder, so that the caller brings it along;
   * without it expressions are taken as they are.
   */
  readonly checkExpression?: (expression: string) => readonly ExpressionProblem[];
  /** Checks the template of an alert's label or annotation, in the same way. */
  readonly checkTemplate?: (template: string) => readonly ExpressionProblem[];
  /** Checks the values of a configuration file of Alertmanager, in the same way. */
  readonly checkAlertmanager?: (value: unknown) => readonly { readonly path: ValuePath; readonly message: string }[];
}

/** Reads the scenario file `entry` out of `files`. */
export function readScenario(files: SourceFiles, entry: string, options: ReadOptions = {}): ScenarioReading {
  const reader = new Reader(files, options);
  const scenario = reader.readScenario(entry);
  const diagnostics = reader.sortedDiagnostics();
  return scenario === undefined || hasErrors(diagnostics) ? { diagnostics } : { scenario, diagnostics };
}

/** Reads the topology file `entry` by itself, with its rule files. */
export function readTopology(files: SourceFiles, entry: string, options: ReadOptions = {}): TopologyReading {
  const reader = new Reader(files, options);
  const topology = reader.readTopology(entry)?.topology;
  const diagnostics = reader.sortedDiagnostics();
  return topology === undefined || hasErrors(diagnostics) ? { diagnostics } : { topology, diagnostics };
}

/** The files that a file names, as paths from the root; for callers that load on demand. Empty when it cannot be read. */
export function includedFiles(file: string, text: string): readonly string[] {
  const { value } = new SourceDocument(file, text);
  if (typeof value !== "object" || value === null) return [];
  const topology: unknown = "topology" in value ? value.topology : undefined;
  const listOf = (list: unknown): unknown[] => (Array.isArray(list) ? (list as unknown[]) : []);
  const plant: unknown = "plant" in value ? value.plant : undefined;
  const named = [
    topology,
    ...listOf("rules" in value ? value.rules : undefined),
    ...listOf("dashboards" in value ? value.dashboards : undefined),
    ...listOf("sloFiles" in value ? value.sloFiles : undefined),
    typeof plant === "object" && plant !== null && "alertmanager" in plant ? plant.alertmanager : undefined,
  ];
  return named.flatMap((path) => {
    const resolved = typeof path === "string" ? resolvePath(file, path) : undefined;
    return resolved === undefined ? [] : [resolved];
  });
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === "error");

/** No clock of a story: the clocks of the system. */
function withStoryPlant(
  system: WrittenTopology["plant"],
  story: NonNullable<WrittenScenario["plant"]>,
): WrittenTopology["plant"] {
  const { clocks, ...others } = defined(story) as typeof story;
  return { ...system, ...others, ...(clocks.length === 0 ? {} : { clocks }) };
}

interface ReadTopology {
  readonly written: WrittenTopology;
  readonly topology: Topology;
  readonly dashboards: readonly DashboardFile[];
  readonly setAside: ReadonlySet<string>;
}

/** Where a resource is over this, queues are long before anything goes wrong. */

/** Mistakes of shape that are listed for one file. */
const SHAPE_PROBLEMS_MAX = 500;

class Reader {
  private readonly diagnostics: Diagnostic[] = [];
  /** Texts that went into the scenario, for its digest. */
  private readonly texts = new Map<string, string>();
  /** Files that were read and change nothing that is simulated: a run goes on when one of them was edited. */
  private readonly beside = new Set<string>();

  constructor(
    private readonly files: SourceFiles,
    private readonly options: ReadOptions,
  ) {}

  sortedDiagnostics(): readonly Diagnostic[] {
    const order = [...this.texts.keys()];
    const rank = ({ file }: Diagnostic): number => order.indexOf(file ?? "");
    return this.diagnostics.sort((a, b) => rank(a) - rank(b) || a.from - b.from);
  }

  readScenario(entry: string): Scenario | undefined {
    const document = this.open(entry);
    if (document === undefined) return undefined;
    const parsed = tolerantParse(scenarioSchema, document.value, NAMED_COLLECTIONS);
    this.addShapeProblems(document, parsed.problems);
    const topologyPath = parsed.isStandIn(["topology"]) ? undefined : writtenTopologyPath(document.value);
    const included = topologyPath === undefined ? undefined : this.include(document, topologyPath, ["topology"]);
    const read = included === undefined ? undefined : this.readTopology(included);
    if (parsed.value === undefined || read === undefined) return undefined;
    const setAside = new Set([...parsed.setAside, ...read.setAside]);
    const report = this.reporter(document, parsed);
    // What the story alone declares of probes, browsers and the plant stands in place of what the system has.
    const { probes, browser, plant } = parsed.value;
    const audience = defined({ probes, browser });
    if (probes !== undefined || browser !== undefined) checkAudience({ ...read.written, ...audience }, report);
    const writtenPlant = plant === undefined ? read.written.plant : withStoryPlant(read.written.plant, plant);
    if (plant !== undefined) checkStoryPlant({ ...read.written, plant: writtenPlant }, report);
    const topology = {
      ...read.topology,
      // What stands in files of its own is the system's.
      plant: { ...read.topology.plant, ...buildPlant(writtenPlant) },
      ...buildAudience(audience, read.topology.load),
    };
    checkScenario(parsed.value, topology, setAside, report);
    return buildScenario(parsed.value, topology, read.dashboards, { id: fileId(entry), digest: this.digest() });
  }

  readTopology(entry: string): ReadTopology | undefined {
    const document = this.open(entry);
    if (document === undefined) return undefined;
    const parsed = tolerantParse(topologySchema, document.value, NAMED_COLLECTIONS);
    this.addShapeProblems(document, parsed.problems);
    if (parsed.value === undefined) return undefined;
    const written = parsed.value;
    const report = this.reporter(document, parsed);
    const before = this.diagnostics.length;
    checkTopology(written, parsed.setAside, report);
    const sound = parsed.problems.length === 0 && !hasErrors(this.diagnostics.slice(before));
    const { rules, setAside } = this.readRules(document, written, parsed.originalPath);
    const topology = buildTopology(written, {
      rules,
      slos: this.readSloFiles(document, written, parsed.originalPath),
      alertmanager: this.readAlertmanager(document, written.plant.alertmanager),
    });
    // Figures of a broken topology would mislead.
    if (sound) reportUses(topology, report);
    this.checkSlos(topology.slos, report);
    for (const id of Object.keys(written.sloBudgetsUsed)) {
      if (topology.slos.some((slo) => slo.alerting !== undefined && slo.id === id)) continue;
      report(["sloBudgetsUsed", id], { message: `no file has an objective "${id}"` });
    }
    const dashboards = this.readDashboards(document, written.dashboards, parsed.originalPath);
    return { written, topology, dashboards, setAside: new Set([...parsed.setAside, ...setAside]) };
  }

  private readRules(
    document: SourceDocument,
    written: WrittenTopology,
    originalPath: (path: ValuePath) => ValuePath,
  ): { readonly rules: readonly WrittenRules[]; readonly setAside: ReadonlySet<string> } {
    const setAside = new Set<string>();
    const rules = written.rules.flatMap((path, index) => {
      const included = this.include(document, path, originalPath(["rules", index]));
      const read = included === undefined ? undefined : this.readRuleFile(included);
      for (const name of read?.setAside ?? []) setAside.add(name);
      return read === undefined ? [] : [read.rules];
    });
    return { rules, setAside };
  }

  private readDashboards(
    document: SourceDocument,
    paths: readonly string[],
    originalPath: (path: ValuePath) => ValuePath,
  ): readonly DashboardFile[] {
    const dashboards = paths.flatMap((path, index) => {
      const included = this.include(document, path, originalPath(["dashboards", index]));
      return included === undefined ? [] : this.readDashboard(included);
    });
    dashboards.forEach(({ uid }, index) => {
      if (dashboards.findIndex((other) => other.uid === uid) < index)
        this.diagnostics.push(document.at(["dashboards"], { message: `two dashboards have the uid ${uid}` }));
    });
    return dashboards;
  }

  private readDashboard(entry: string): readonly DashboardFile[] {
    const document = this.open(entry);
    if (document === undefined) return [];
    this.beside.add(entry);
    const parsed = tolerantParse(dashboardSchema, document.value, NAMED_COLLECTIONS);
    this.addShapeProblems(document, parsed.problems);
    if (parsed.value === undefined) return [];
    checkDashboard(parsed.value, this.reporter(document, parsed), this.options.checkExpression);
    const { uid, title, description = "", tags = [] } = parsed.value;
    return [{ uid, title, description, tags, json: this.texts.get(entry) ?? "" }];
  }

  private readRuleFile(
    entry: string,
  ): { readonly rules: WrittenRules; readonly setAside: ReadonlySet<string> } | undefined {
    const document = this.open(entry);
    if (document === undefined) return undefined;
    const parsed = tolerantParse(rulesSchema, document.value, NAMED_COLLECTIONS);
    this.addShapeProblems(document, parsed.problems);
    if (parsed.value === undefined) return undefined;
    checkRules(parsed.value.groups, this.reporter(document, parsed), this.options);
    return { rules: parsed.value, setAside: parsed.setAside };
  }

  private readSloFiles(
    document: SourceDocument,
    written: WrittenTopology,
    originalPath: (path: ValuePath) => ValuePath,
  ): readonly SloSpec[] {
    return written.sloFiles.flatMap((path, index) => {
      const included = this.include(document, path, originalPath(["sloFiles", index]));
      const source = included === undefined ? undefined : this.open(included);
      if (source === undefined) return [];
      const parsed = tolerantParse(sloFileSchema, source.value, NAMED_COLLECTIONS);
      this.addShapeProblems(source, parsed.problems);
      if (parsed.value === undefined) return [];
      const slos = buildSlos(parsed.value);
      slos.forEach(({ errorQuery, totalQuery }, at) => {
        const report = this.reporter(source, parsed);
        for (const text of [errorQuery, totalQuery])
          reportExpression(text.replaceAll("$window", "5m"), ["slos", at, "sli"], report, this.options);
      });
      return slos;
    });
  }

  /** The values of the configuration file, checked where the caller can. */
  private readAlertmanager(
    document: SourceDocument,
    path: string | undefined,
  ): Readonly<Record<string, unknown>> | undefined {
    const included = path === undefined ? undefined : this.include(document, path, ["plant", "alertmanager"]);
    const source = included === undefined ? undefined : this.open(included);
    if (source === undefined) return undefined;
    for (const { path: at, message } of this.options.checkAlertmanager?.(source.value) ?? [])
      this.diagnostics.push(source.at(at, { message }));
    return source.value as Readonly<Record<string, unknown>>;
  }

  private checkSlos(slos: readonly SloSpec[], report: Report): void {
    for (const slo of slos) {
      // Those of files were checked there.
      if (slo.alerting !== undefined) continue;
      for (const [key, text] of [
        ["errors", slo.errorQuery],
        ["total", slo.totalQuery],
      ] as const) {
        reportExpression(text.replaceAll("$window", "5m"), ["slos", slo.id, key], report, this.options);
      }
    }
  }

  /** The parsed file; undefined, with diagnostics, when it is not there or its syntax is broken. */
  private open(file: string): SourceDocument | undefined {
    const text = this.files.get(file);
    if (text === undefined) {
      this.texts.set(file, "");
      this.diagnostics.push({
        severity: "error",
        message: "the file does not exist",
        from: 0,
        to: 0,
        line: 1,
        column: 1,
        file,
      });
      return undefined;
    }
    this.texts.set(file, text);
    const document = new SourceDocument(file, text);
    this.diagnostics.push(...document.syntaxErrors);
    if (document.syntaxErrors.length > 0) return undefined;
    if (typeof document.value === "object" && document.value !== null && !Array.isArray(document.value))
      return document;
    this.diagnostics.push(
      document.at([], { message: "the file must be a map of keys to values", hint: "see scenarios/README.md" }),
    );
    return undefined;
  }

  /** Path from the root of a file that `document` names; undefined, with a diagnostic, when there is none. */
  private include(document: SourceDocument, path: string, at: ValuePath): string | undefined {
    const resolved = resolvePath(document.file, path);
    if (resolved !== undefined && this.files.has(resolved)) return resolved;
    const known = [...this.files.keys()].filter((file) => file !== document.file);
    this.diagnostics.push(
      document.at(at, {
        message: `there is no file ${resolved ?? path}`,
        hint: resolved === undefined ? "it lies outside the folder of scenarios" : suggest(resolved, known),
      }),
    );
    return undefined;
  }

  private addShapeProblems(document: SourceDocument, problems: readonly LocatedProblem[]): void {
    const shown = problems.slice(0, SHAPE_PROBLEMS_MAX);
    for (const { path, ...problem } of shown) this.diagnostics.push(document.at(path, problem));
    const next = problems.at(shown.length);
    if (next === undefined) return;
    const rest = String(problems.length - shown.length);
    this.diagnostics.push(
      document.at(next.path, { message: `and ${rest} more mistakes from here on`, hint: "mend the first ones" }),
    );
  }

  private reporter(document: SourceDocument, parsed: TolerantResult<unknown>): Report {
    return (path, problem) => {
      const original = parsed.originalPath(path);
      if (!parsed.isStandIn(original)) this.diagnostics.push(document.at(original, problem));
    };
  }

  private digest(): string {
    const parts = [...this.texts]
      .filter(([file]) => !this.beside.has(file))
      .map(([file, text]) => `${file}\n${String(text.length)}\n${text}`);
    return textDigest(parts.join("\n"));
  }
}

/** The topology that a scenario file names, broken or not, so that the mistakes of both are shown. */
function writtenTopologyPath(value: unknown): WrittenScenario["topology"] | undefined {
  if (typeof value !== "object" || value === null || !("topology" in value)) return undefined;
  return typeof value.topology === "string" ? value.topology : undefined;
}

/** `scenarios/slow-baskets.yaml` is the scenario `slow-baskets`. */
function fileId(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.ya?ml$/, "");
}

/** Joins a relative path to the folder of `from`; undefined when it leaves the root. */
function resolvePath(from: string, relative: string): string | undefined {
  const absolute = from.startsWith("/");
  const parts = from.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "." || part === "") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length <= (absolute ? 1 : 0)) return undefined;
    else parts.pop();
  }
  return parts.join("/");
}

function reportUses(topology: Topology, report: Report): void {
  const peak = openPeak(topology);
  for (const use of resourceUses(topology, peak)) {
    if (use.utilisation < UTILISATION_WARNING) continue;
    const percent = String(Math.round(use.utilisation * 100));
    report(use.path, {
      message: `${useName(use)} would be ${percent} % busy at the daily peak of ${String(Math.round(totalOf(peak)))} requests/s without any fault`,
      hint:
        use.utilisation >= 1
          ? "the load cannot be served; add instances or shorten the work"
          : "queues will be long even on a good day",
      severity: use.utilisation >= 1 ? "error" : "warning",
    });
  }
  reportExtraLoad(topology, report);
  reportProcessingTimes(topology, report);
}

/** Names of a rule, its labels and its annotations; templates only where the rule is an alert. */
function checkRuleTexts(
  rule: WrittenRules["groups"][number]["rules"][number],
  path: ValuePath,
  report: Report,
  options: ReadOptions,
): void {
  if (rule.record !== undefined && !/^[a-zA-Z_:][\w:]*$/.test(rule.record)) {
    report([...path, "record"], {
      message: `invalid recording rule name: ${rule.record}`,
      hint: "such as job:requests:rate5m",
    });
  }
  for (const kind of ["labels", "annotations"] as const) {
    for (const [name, text] of Object.entries(rule[kind] ?? {})) {
      const at = [...path, kind, name];
      if (!/^[a-zA-Z_]\w*$/.test(name)) report(at, { message: `invalid name: ${name}`, part: "key" });
      if (rule.alert === undefined) continue;
      for (const { message, hint } of options.checkTemplate?.(text) ?? []) report(at, { message, hint });
    }
  }
}

const PROMETHEUS_DURATION = /^(?:0|(?:\d+(?:ms|[smhdwy]))+)$/;

function checkRules(groups: WrittenRules["groups"], report: Report, options: ReadOptions): void {
  const names = new Set<string>();
  groups.forEach((group, groupIndex) => {
    const groupPath = ["groups", groupIndex];
    if (names.has(group.name)) report([...groupPath, "name"], { message: `a group "${group.name}" is already there` });
    names.add(group.name);
    checkRuleDuration(group.interval, [...groupPath, "interval"], report);
    checkRuleDuration(group.query_offset, [...groupPath, "query_offset"], report);
    group.rules.forEach((rule, index) => {
      const path = [...groupPath, "rules", index];
      if ((rule.alert === undefined) === (rule.record === undefined)) {
        report(path, { message: "a rule says either alert or record" });
      }
      if (rule.record !== undefined && (rule.for !== undefined || rule.annotations !== undefined)) {
        report(path, { message: '"for" and "annotations" do not go with a recording rule' });
      }
      checkRuleDuration(rule.for, [...path, "for"], report);
      checkRuleDuration(rule.keep_firing_for, [...path, "keep_firing_for"], report);
      reportExpression(rule.expr, [...path, "expr"], report, options);
      checkRuleTexts(rule, path, report, options);
    });
  });
}

function checkRuleDuration(text: string | undefined, path: ValuePath, report: Report): void {
  if (text !== undefined && !PROMETHEUS_DURATION.test(text)) {
    report(path, { message: `not a valid duration string: "${text}"`, hint: "such as 30s or 5m" });
  }
}

function reportExpression(text: string, path: ValuePath, report: Report, options: ReadOptions): void {
  for (const { message, hint } of options.checkExpression?.(text) ?? []) report(path, { message, hint });
}
