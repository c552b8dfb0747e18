/**
 * What is on the screen as text for other tools: CSV (RFC 4180), Markdown, JSON, and the very query as a cURL command
 * against the run's own API. Pure.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export type Cell = string | number | boolean | null;

export interface ExportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A request to one of the run's tools; the path is what follows the tool's own address. */
export interface WireRequest {
  readonly tool: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A question to the run's own interface, where no tool has a word for it; posted as JSON where it has a body. */
export interface OwnRequest {
  readonly own: string;
  readonly json?: unknown;
}

export type CurlRequest = WireRequest | OwnRequest;

/** Lines end in CR LF. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function toCsv({ columns, rows }: ExportTable): string {
  const line = (cells: readonly Cell[]): string => cells.map(csvCell).join(",");
  return `${[line(columns), ...rows.map(line)].join("\r\n")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) && !/^-?\d/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toMarkdownTable({ columns, rows }: ExportTable): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.map(markdownCell).join(" | ")} |`;
  return `${[line(columns), `| ${columns.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n")}\n`;
}

const markdownCell = (cell: Cell): string =>
  cell === null ? "" : String(cell).replaceAll("\\", "\\\\").replaceAll("|", "\\|").replace(/\r?\n/g, " ");

/** Rows as objects by column. NaN and infinities, which JSON has not, are null. */
export function toJsonRows({ columns, rows }: ExportTable): string {
  const value = (cell: Cell | undefined): Cell =>
    cell === undefined || (typeof cell === "number" && !Number.isFinite(cell)) ? null : cell;
  return `${JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, value(row[index])]))),
    undefined,
    2,
  )}\n`;
}

/** Stands in the command until somebody puts the run's token in its place. */
export const TOKEN_PLACEHOLDER = "$FIREDRILL_TOKEN";

interface CommandPlace {
  readonly origin: string;
  readonly runId: string;
  readonly token: string | undefined;
}

/** One command for a POSIX shell. Without a token the command reads it from the environment. */
export const toCurl = (request: CurlRequest, place: CommandPlace): string =>
  "own" in request ? ownCommand(request, place) : toolCommand(request, place);

function toolCommand({ tool, path, parameters }: WireRequest, { origin, runId, token }: CommandPlace): string {
  const address = `${origin}/run/${encodeURIComponent(runId)}/${tool}/${path}`;
  const header =
    token === undefined ? `"Authorization: Bearer ${TOKEN_PLACEHOLDER}"` : shellQuote(`Authorization: Bearer ${token}`);
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `  --data-urlencode ${shellQuote(`${name}=${value}`)}`,
  );
  return [`curl -sG ${shellQuote(address)}`, `  -H ${header}`, ...pairs].join(" \\\n");
}

function ownCommand({ own, json }: OwnRequest, { origin, runId }: CommandPlace): string {
  const address = shellQuote(`${origin}/api/runs/${encodeURIComponent(runId)}${own === "" ? "" : `/${own}`}`);
  if (json === undefined) return `curl -s ${address}`;
  return [
    `curl -s ${address}`,
    `  -H 'Content-Type: application/json'`,
    `  --data ${shellQuote(JSON.stringify(json))}`,
  ].join(" \\\n");
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const seconds = (timeUs: number): string => (timeUs / 1e6).toFixed(6).replace(/\.?0+$/, "");

/** What a chart of a PromQL query shows: instants on multiples of the step, as charts ask. */
export const promRange = (query: string, { fromUs, toUs }: TimeWindow, stepSeconds: number): WireRequest => ({
  tool: "prometheus",
  path: "api/v1/query_range",
  parameters: {
    query,
    start: String(Math.floor(fromUs / 1e6 / stepSeconds) * stepSeconds),
    end: String(Math.ceil(toUs / 1e6)),
    step: String(stepSeconds),
  },
});

/** What a figure or a table of a PromQL query shows. */
export const promInstant = (query: string, atUs: number): WireRequest => ({
  tool: "prometheus",
  path: "api/v1/query",
  parameters: { query, time: seconds(atUs) },
});

/** An endpoint of a tool that asks for nothing. */
export const plainRequest = (tool: string, path: string): WireRequest => ({ tool, path, parameters: {} });

/** Lines, or a metric of them, by LogQL. Loki's end is not part of the time, ours is. */
export const lokiRange = (query: string, { fromUs, toUs }: TimeWindow, limit: number): WireRequest => ({
  tool: "loki",
  path: "loki/api/v1/query_range",
  parameters: {
    query,
    start: `${String(Math.round(fromUs))}000`,
    end: `${String(Math.round(toUs) + 1)}000`,
    limit: String(limit),
  },
});

/** Traces by TraceQL; Tempo counts in whole seconds. */
export const tempoSearch = (query: string, { fromUs, toUs }: TimeWindow, limit: number): WireRequest => ({
  tool: "tempo",
  path: "api/search",
  parameters: {
    q: query === "" ? "{ }" : query,
    start: String(Math.floor(fromUs / 1e6)),
    end: String(Math.ceil(toUs / 1e6)),
    limit: String(limit),
  },
});

export const tempoTrace = (traceId: string): WireRequest => ({
  tool: "tempo",
  path: `api/traces/${traceId}`,
  parameters: {},
});

/** Who called whom how often, as Jaeger counts it; in whole milliseconds. */
export const jaegerDependencies = ({ fromUs, toUs }: TimeWindow): WireRequest => ({
  tool: "jaeger",
  path: "api/dependencies",
  parameters: { endTs: String(Math.ceil(toUs / 1e3)), lookback: String(Math.round((toUs - fromUs) / 1e3)) },
});

/** A flame graph by Pyroscope's name of the type and a selector of processes; in whole milliseconds. */
export const pyroscopeRender = (
  type: string,
  labels: Readonly<Record<string, string | undefined>>,
  { fromUs, toUs }: TimeWindow,
): WireRequest => {
  const matchers = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${JSON.stringify(value)}`],
  );
  return {
    tool: "pyroscope",
    path: "pyroscope/render",
    parameters: {
      query: `${type}{${matchers.join(",")}}`,
      from: String(Math.round(fromUs / 1e3)),
      until: String(Math.round(toUs / 1e3)),
      format: "json",
    },
  };
};
