/**
 * `export`: a scenario played here, or a run of a server, sent to an address or written to files. The address of a run
 * is the one of its page, or the one with its token that `/api/runs/<id>/access` tells.
 */
import { extname } from "node:path";
import { formatDiagnostic } from "../base/diagnostic.js";
import { type Format, formatNamed, FORMATS } from "../apis/export/formats.js";
import type { BatchSource } from "../export/batch-source.js";
import { RemoteSource } from "../export/batch-source.js";
import { Exporter } from "../export/exporter.js";
import { FileTarget } from "../export/file-target.js";
import { PushTarget } from "../export/push-target.js";
import { WorldSource } from "../export/world-source.js";
import { readScenario } from "../scenario/read-scenario.js";
import type { ExportOrder, ExportStatus } from "../wire/export.js";
import type { Command, CommandContext, ExitCode } from "./command.js";
import { QUERY_CHECKS } from "./expressions.js";
import { loadWithIncludes } from "./files.js";

const USAGE =
  "export FILE|RUN --format NAME --to FILE|URL [--signals LIST] [--live] [--wall] [--minutes N] [--speed N] [--header 'Name: value']";

export const EXPORT: Command = {
  usage: USAGE,
  description:
    "metrics, logs and traces of a scenario that is played here (FILE, to 10 minutes after the page), or of a run by its address (RUN), as " +
    FORMATS.map(({ name }) => name).join(", "),
  run: exportRun,
};

const MINUTES = 10;
const MINUTES_MAX = 240;
const SPEED_MAX = 1_000;
const PROGRESS_MS = 5_000;

interface Options {
  readonly subject: string;
  readonly format: Format;
  readonly to: string;
  readonly signals: ExportOrder["signals"];
  readonly live: boolean;
  readonly wall: boolean;
  readonly minutes: number;
  readonly speed: number;
  readonly headers: Readonly<Record<string, string>>;
}

const isAddress = (text: string): boolean => /^https?:\/\//.test(text);

async function exportRun(parameters: readonly string[], context: CommandContext): Promise<ExitCode> {
  const options = readOptions(parameters);
  if (typeof options === "string") {
    context.error(options);
    context.error(`usage: npm run scenario -- ${USAGE}`);
    return 2;
  }
  const { subject, format, to, signals, live, wall, headers } = options;
  const source = isAddress(subject) ? await remoteSource(options) : await worldSource(options, context);
  if (typeof source === "string") {
    context.error(source);
    return 1;
  }
  const target = isAddress(to)
    ? new PushTarget({ address: to, format: format.name, headers })
    : new FileTarget(to, format.name, (signals ?? format.signals).length > 1);
  const order = { to, format: format.name, live, wall, ...(signals === undefined ? {} : { signals }) };
  const exporter = new Exporter({ id: `cli-${String(process.pid)}`, order, source, target });
  const progress = setInterval(() => context.error(progressLine(exporter.status)), PROGRESS_MS);
  const stop = (): void => void exporter.stop();
  process.once("SIGINT", stop);
  const status = await exporter.finished();
  clearInterval(progress);
  process.removeListener("SIGINT", stop);
  summary(status).forEach(context.out);
  if (status.error !== undefined) context.error(status.error);
  return status.state === "failed" || Object.keys(status.dropped).length > 0 ? 1 : 0;
}

/** The options, or what is wrong with them. */
function readOptions(parameters: readonly string[]): Options | string {
  const values = new Map<string, string>();
  const headers: Record<string, string> = {};
  const rest = [...parameters];
  const subject = rest.shift();
  if (subject === undefined || subject.startsWith("-")) return "name a scenario file or the address of a run";
  while (rest.length > 0) {
    const name = rest.shift() ?? "";
    if (SWITCHES.has(name)) values.set(name, "true");
    else if (VALUED.has(name)) {
      const value = rest.shift();
      if (value === undefined) return `${name} needs a value`;
      if (name === "--header") headers[value.slice(0, value.indexOf(":"))] = value.slice(value.indexOf(":") + 1).trim();
      else values.set(name, value);
    } else return `unknown option "${name}"`;
  }
  return checkOptions(subject, values, headers);
}

const SWITCHES: ReadonlySet<string> = new Set(["--live", "--wall"]);
const VALUED: ReadonlySet<string> = new Set(["--format", "--to", "--signals", "--minutes", "--speed", "--header"]);

function checkOptions(
  subject: string,
  values: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
): Options | string {
  const format = formatNamed(values.get("--format") ?? "");
  const to = values.get("--to");
  const live = values.has("--live");
  const minutes = Number(values.get("--minutes") ?? MINUTES);
  const speed = Number(values.get("--speed") ?? 1);
  const signals = readSignals(values.get("--signals"));
  if (format === undefined) return `--format is one of ${FORMATS.map(({ name }) => name).join(", ")}`;
  if (to === undefined) return "--to names a file or an address";
  if (typeof signals === "string") return signals;
  if (signals?.some((signal) => !format.signals.includes(signal)) === true)
    return `${format.name} has ${format.signals.join(", ")} only`;
  if (live && !format.byTime) return `${format.name} goes metric by metric and can not be live`;
  if (format.name === "remote-write" && !isAddress(to)) return "remote-write needs an address";
  if (!(minutes >= -MINUTES_MAX && minutes <= MINUTES_MAX)) return `--minutes is at most ${String(MINUTES_MAX)}`;
  if (!(speed > 0 && speed <= SPEED_MAX)) return `--speed is above 0 and at most ${String(SPEED_MAX)}`;
  return { subject, format, to, signals, live, wall: values.has("--wall"), minutes, speed, headers };
}

function readSignals(written: string | undefined): ExportOrder["signals"] | string {
  if (written === undefined) return undefined;
  const names = written.split(",");
  const signals = (["metrics", "logs", "traces"] as const).filter((signal) => names.includes(signal));
  return signals.length === names.length ? signals : "--signals is a list of metrics, logs and traces";
}

/** With `--wall` times are those of our clock. */
async function remoteSource({ subject, wall }: Options): Promise<BatchSource | string> {
  const page = /^(https?:\/\/[^/]+)\/run\/([^/]+)(?:\/t\/([^/]+))?/.exec(subject);
  if (page === null) return `${subject} is no address of a run: http://host:port/run/<id>`;
  const [, server = "", runId = "", given] = page;
  try {
    const token = given ?? (await tokenOf(server, runId));
    return new RemoteSource(`${server}/run/${runId}/t/${token}${wall ? "/wall" : ""}`);
  } catch (error) {
    return `can not read the run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function tokenOf(server: string, runId: string): Promise<string> {
  const answer = await fetch(`${server}/api/runs/${runId}/access`);
  if (!answer.ok) throw new Error(`${server} answered ${String(answer.status)}`);
  return ((await answer.json()) as { readonly token: string }).token;
}

async function worldSource(options: Options, context: CommandContext): Promise<BatchSource | string> {
  const { subject, minutes, speed, live, wall } = options;
  if (!/^\.ya?ml$/.test(extname(subject))) return `${subject} is neither a scenario file nor the address of a run`;
  const { scenario, diagnostics } = readScenario(await loadWithIncludes(subject), subject, QUERY_CHECKS);
  if (scenario === undefined) return diagnostics.map(formatDiagnostic).join("\n");
  return WorldSource.play(scenario, {
    minutes,
    speed: live ? speed : undefined,
    nowMs: () => Date.now(),
    wall,
    onProgress: (share) => context.error(`simulated ${(share * 100).toFixed(0)} %`),
  });
}

function progressLine({ sent, dropped, waitingFor }: ExportStatus): string {
  const lost = Object.values(dropped).reduce((sum, items) => sum + items, 0);
  const parts = Object.entries(sent).map(([signal, items]) => `${String(items)} of ${signal}`);
  return [
    `sent ${parts.join(", ") || "nothing yet"}`,
    ...(lost > 0 ? [`dropped ${String(lost)}`] : []),
    ...(waitingFor === undefined ? [] : [`waiting: ${waitingFor}`]),
  ].join("; ");
}

function summary({ state, sent, dropped, batches, bytes, retries }: ExportStatus): readonly string[] {
  const megabytes = (bytes / 1e6).toFixed(1);
  return [
    `${state}: ${String(batches)} batches, ${megabytes} MB, ${String(retries)} retries`,
    ...Object.entries(sent).map(([signal, items]) => `  ${signal.padEnd(8)} ${String(items)} sent`),
    ...Object.entries(dropped).map(([reason, items]) => `  dropped ${String(items)}: ${reason}`),
  ];
}
