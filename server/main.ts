/**
 * The server's process: reads the environment, builds every part, listens, and shuts down in order. What it can not do
 * it says in one line and ends with status 1.
 */
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { QUERY_CHECKS } from "./cli/expressions.js";
import { FAULT_CLASSES } from "./faults/taxonomy.js";
import { AllowList } from "./export/allow-list.js";
import { ExportService } from "./export/export-service.js";
import { createApp } from "./http/app.js";
import { openAccessSecret, RunAccess } from "./http/run-access.js";
import { OriginGuard } from "./http/origin.js";
import { attachLogTails } from "./realtime/log-tails.js";
import { attachSockets } from "./realtime/sockets.js";
import { LibsqlEventLog } from "./sessions/libsql-event-log.js";
import { RunService } from "./sessions/run-service.js";
import { readScenarioDirectory, scenarioLookup } from "./sessions/scenario-directory.js";
import { buildLibrary } from "./sessions/scenario-library.js";
import { ThreadPool } from "./sessions/thread-pool.js";
import { systemClock } from "./sessions/wall-clock.js";
import { WorkerWorldFactory } from "./sessions/worker-world-factory.js";

interface Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly scenarioDirectory: string;
  readonly clientDirectory: string;
  readonly corsOrigins: ReadonlySet<string>;
  readonly exportTargets: AllowList;
  readonly spareThreads: number;
}

/** Something that whoever starts the server can put right; told without a stack. */
class StartFailure extends Error {
  override readonly name = "StartFailure";
}

const SHUTDOWN_MS_MAX = 5_000;
/** One for the world that is taken next, one for its history. About 60 MB each. */
const SPARE_THREADS = 2;
const SPARE_THREADS_MAX = 16;
/** This file runs as `dist/server/main.js`. */
const projectDirectory = fileURLToPath(new URL("../..", import.meta.url));

function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const written = environment["PORT"] ?? "4600";
  const port = Number(written);
  if (!/^\d+$/.test(written) || port > 65_535) {
    throw new StartFailure(`PORT is ${JSON.stringify(written)}; it must be a number from 0 to 65535`);
  }
  return {
    port,
    host: environment["HOST"] ?? "127.0.0.1",
    dataDirectory: resolve(environment["FIREDRILL_DATA"] ?? "data"),
    scenarioDirectory: resolve(environment["FIREDRILL_SCENARIOS"] ?? join(projectDirectory, "scenarios")),
    clientDirectory: join(projectDirectory, "dist", "client"),
    corsOrigins: readOrigins(environment["FIREDRILL_CORS_ORIGINS"] ?? ""),
    exportTargets: readTargets(environment["FIREDRILL_EXPORT_TARGETS"] ?? ""),
    spareThreads: readSpareThreads(environment["FIREDRILL_SPARE_THREADS"] ?? String(SPARE_THREADS)),
  };
}

function readSpareThreads(written: string): number {
  const count = Number(written);
  if (!/^\d+$/.test(written) || count > SPARE_THREADS_MAX) {
    throw new StartFailure(
      `FIREDRILL_SPARE_THREADS is ${JSON.stringify(written)}; it must be a number from 0 to ${String(SPARE_THREADS_MAX)}`,
    );
  }
  return count;
}

/** Beginnings of addresses, separated by commas, that runs may be sent to: `http://collector:4318`. */
function readTargets(written: string): AllowList {
  const targets = listOf(written);
  const wrong = targets.find((text) => !/^https?:/.test(text) || !URL.canParse(text));
  if (wrong === undefined) return new AllowList(targets);
  throw new StartFailure(
    `FIREDRILL_EXPORT_TARGETS has ${JSON.stringify(wrong)}; a target begins like an address, such as http://localhost:4318`,
  );
}

const listOf = (written: string): readonly string[] =>
  written
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");

/** Origins, separated by commas, whose pages may read the APIs of runs: `https://grafana.example:3000`. */
function readOrigins(written: string): ReadonlySet<string> {
  const origins = listOf(written);
  const wrong = origins.find((text) => !URL.canParse(text) || new URL(text).origin !== text);
  if (wrong !== undefined) {
    throw new StartFailure(
      `FIREDRILL_CORS_ORIGINS has ${JSON.stringify(wrong)}; an origin is a scheme, a host and a port, such as http://localhost:3000`,
    );
  }
  return new Set(origins);
}

function openLog(dataDirectory: string): LibsqlEventLog {
  try {
    makeDirectory(dataDirectory);
    return new LibsqlEventLog(join(dataDirectory, "firedrill.db"));
  } catch (error) {
    throw new StartFailure(
      `can not keep data in ${dataDirectory} (${textOf(error)}); set FIREDRILL_DATA to a directory that can be written`,
    );
  }
}

/** Below a directory that is there, `recursive` is left out: on some file systems it never comes back (/proc). */
function makeDirectory(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { recursive: !existsSync(dirname(path)) });
}

async function readScenarios(directory: string): ReturnType<typeof readScenarioDirectory> {
  try {
    return await readScenarioDirectory(directory, QUERY_CHECKS);
  } catch (error) {
    throw new StartFailure(
      `can not read scenarios from ${directory} (${textOf(error)}); set FIREDRILL_SCENARIOS to their directory`,
    );
  }
}

async function start(settings: Settings): Promise<void> {
  const files = await readScenarios(settings.scenarioDirectory);
  const log = openLog(settings.dataDirectory);
  const threads = new ThreadPool(settings.spareThreads, files.find(({ scenario }) => scenario !== undefined)?.scenario);
  const runs = new RunService({
    log,
    worlds: new WorkerWorldFactory(scenarioLookup(files), threads),
    library: buildLibrary(files),
    taxonomy: FAULT_CLASSES.map(({ id, family, title, description }) => ({ id, family, title, description })),
    clock: systemClock,
  });
  const guard = new OriginGuard(settings.host);
  const access = new RunAccess(openAccessSecret(settings.dataDirectory));
  const { clientDirectory, corsOrigins } = settings;
  const nowMs = (): number => systemClock.nowMs();
  const exports = new ExportService({ runs, allowed: settings.exportTargets, nowMs });
  const server = createServer(
    createApp({ runs, guard, access, exports, corsOrigins, clock: systemClock, clientDirectory, report }),
  );
  const closeSockets = attachSockets({ server, runs, guard, report });
  const closeTails = attachLogTails({ server, runs, guard, access, nowMs, report });
  await listen(server, settings);
  onSignal(async () => {
    const closed = new Promise((resolveClosed) => server.close(resolveClosed));
    server.closeAllConnections();
    closeTails();
    await exports.close();
    await closeSockets();
    await closed;
    await runs.close();
    await threads.close();
    log.close();
  });
  console.log(`Firedrill is ready at ${addressOf(server, settings.host)}`);
  void threads.fill();
}

function listen(server: Server, { port, host }: Settings): Promise<void> {
  return new Promise((resolveListening, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new StartFailure(
          listenProblems[error.code ?? ""]?.(port, host) ??
            `can not listen on ${host}:${String(port)} (${error.message})`,
        ),
      );
    });
    server.listen(port, host, resolveListening);
  });
}

const listenProblems: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port) => `port ${String(port)} is in use already; stop the other program or set PORT to another number`,
  EACCES: (port) => `port ${String(port)} may not be opened by this user; set PORT to a number above 1023`,
  EADDRNOTAVAIL: (_port, host) => `this machine has no address ${host}; set HOST to one that it has`,
};

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = address === null || typeof address === "string" ? "" : String(address.port);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Shuts down once; a second signal, or one that takes too long, ends the process at once. */
function onSignal(shutDown: () => Promise<void>): void {
  let closing = false;
  const handle = (): void => {
    if (closing) process.exit(1);
    closing = true;
    setTimeout(() => process.exit(1), SHUTDOWN_MS_MAX).unref();
    shutDown().then(
      () => process.exit(0),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
}

function report(error: unknown): void {
  console.error(error);
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  await start(readSettings(process.env));
} catch (error) {
  if (!(error instanceof StartFailure)) throw error;
  console.error(`firedrill: ${error.message}`);
  process.exitCode = 1;
}
