/**
 * The yardstick `chain`: five services in a line, three instances each, worker pools of 40/32/24/16/8 that are held
 * during the call below, a queue of 64 and then 503, lognormal work before and after the call, an exponential network
 * each way, 0.1 % errors of their own, a time-out of a second, one retry, 4,500 requests a second. It runs through the
 * engine from a topology, metrics counted and span columns written, and in chain-reference.cpp, in the same run.
 *
 * What is compared. A *handling* is one attempt at one service; the program writes one row of 23 bytes for each. The
 * engine writes a row of 32 bytes for the handling and one for the client's side of a call: nine rows a request, not
 * five. `handlingsRatio` is handlings a second against handlings a second, the like with the like; `spansPerSecond`
 * counts the engine's rows. Both write their columns and neither writes log lines but those of failed attempts (engine).
 *
 * `dedicated` gives an instance as many cores as workers, so that nobody shares a processor and every law is that of
 * the program; the engine still goes through its processor-sharing CPUs. `sharing` gives 6 cores for an offered 4.5, so
 * that work contends, which the program cannot do: its ratio says what that costs. The back-off is uniform in 0–10 ms in
 * the engine (its law for jitter) and exponential with the same mean, 5 ms, in the program.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN } from "../../server/sim/span-table.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import type { StepSpec, Topology } from "../../server/topology/types.js";
import {
  at,
  dependency,
  engine,
  exponentialMs,
  journey,
  model,
  ms,
  NOON,
  operation,
  service,
  topology,
} from "../fixtures/topology.js";

const REQUESTS_PER_SECOND = 4_500;
const WORKERS = [40, 32, 24, 16, 8];
const SIGMA = 0.6;
/** Cores of an instance in the form where work contends; 4.5 are in use on average. */
const SHARED_CORES = 6;
const WARM_UP_SECONDS = 2;
const SECONDS: Readonly<Record<"small" | "large", number>> = { small: 2, large: 100 };
/** From the root of the project, where benchmarks and tests are run. */
const REFERENCE_SOURCE = "test/bench/chain-reference.cpp";

export type ChainProcessors = "dedicated" | "sharing";

/** What happened in a chain, whoever simulated it. */
export interface ChainCounts {
  readonly handlings: number;
  /** Requests that failed at the edge. */
  readonly errors: number;
  readonly retries: number;
  readonly overloaded: number;
  readonly timeouts: number;
  /** Mean time of a request at the edge. */
  readonly meanMs: number;
}

export interface ChainRun extends ChainCounts {
  readonly cpuSeconds: number;
  readonly handlingsPerSecond: number;
  readonly checksum: string;
}

export interface EngineChainRun extends ChainRun {
  readonly processors: ChainProcessors;
  readonly requests: number;
  readonly spans: number;
  readonly spansPerSecond: number;
  /** Handlings a second against those of the reference; undefined without it. */
  readonly handlingsRatio: number | undefined;
}

export interface ChainFigures {
  readonly dedicated: EngineChainRun;
  readonly sharing: EngineChainRun;
  /** Undefined where there is no g++. */
  readonly reference: ChainRun | undefined;
}

/** Simulates 2 or 100 seconds of the chain in the engine, both ways, and as many requests in the reference program. */
export function benchChain(size: "small" | "large"): ChainFigures {
  const seconds = SECONDS[size];
  const reference = runReference(seconds * REQUESTS_PER_SECOND);
  return {
    dedicated: runEngine("dedicated", seconds, reference),
    sharing: runEngine("sharing", seconds, reference),
    reference,
  };
}

/** Lines for people. */
export function chainReport({ dedicated, sharing, reference }: ChainFigures): readonly string[] {
  const line = (name: string, run: ChainRun, extra: string): string =>
    `${name.padEnd(18)} ${String(run.handlingsPerSecond).padStart(9)} handlings/s${extra}; errors ${String(run.errors)}, ` +
    `retries ${String(run.retries)}, 503 ${String(run.overloaded)}, time-outs ${String(run.timeouts)}, ` +
    `mean ${run.meanMs.toFixed(3)} ms, checksum ${run.checksum}`;
  const ofEngine = (run: EngineChainRun): string =>
    line(
      `engine, ${run.processors}`,
      run,
      `, ${String(run.spansPerSecond)} spans/s, ratio ${run.handlingsRatio?.toFixed(3) ?? "unknown"}`,
    );
  const ofReference =
    reference === undefined ? "C++ reference      not measured: no g++ here" : line("C++ reference", reference, "");
  return [ofEngine(dedicated), ofEngine(sharing), ofReference];
}

export function chainTopology(processors: ChainProcessors): Topology {
  const base = topology({
    rps: REQUESTS_PER_SECOND,
    network: { latency: exponentialMs(0.25) },
    journeys: [journey("all", "s0", "GET /")],
    services: WORKERS.map((workers, index) =>
      service({
        id: `s${String(index)}`,
        kind: index === 0 ? "edge" : "service",
        instances: 3,
        workers,
        queueCapacity: 64,
        cores: processors === "dedicated" ? workers : SHARED_CORES,
        operations: [operation({ name: "GET /", errorRatio: 0.001, steps: stepsOf(index) })],
        dependencies: index === WORKERS.length - 1 ? [] : [callPolicy(`s${String(index + 1)}`)],
      }),
    ),
  });
  return { ...base, plant: { ...base.plant, logLevel: "warn" } };
}

const lognormalMs = (mean: number) => ms(mean * Math.exp((-SIGMA * SIGMA) / 2), SIGMA);

function stepsOf(index: number): readonly StepSpec[] {
  if (index === WORKERS.length - 1) return [{ kind: "cpu", time: lognormalMs(3) }];
  const below = `s${String(index + 1)}`;
  return [
    { kind: "cpu", time: lognormalMs(2) },
    { kind: "call", service: below, operation: "GET /", repeat: 1, optional: false },
    { kind: "cpu", time: lognormalMs(1) },
  ];
}

function callPolicy(target: string) {
  return dependency(target, {
    timeout: duration(1_000_000),
    retry: { attempts: 2, backoff: duration(5_000), multiplier: 1, jitter: 1 },
  });
}

function runEngine(processors: ChainProcessors, seconds: number, reference: ChainRun | undefined): EngineChainRun {
  const world = engine(model(chainTopology(processors)), { seed: "bench", startAt: at(-WARM_UP_SECONDS) });
  world.run(NOON);
  const before = process.cpuUsage();
  world.run(at(seconds));
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const { requests, ...counts } = countChain(world);
  const handlingsPerSecond = Math.round(counts.handlings / cpuSeconds);
  return {
    processors,
    requests,
    ...counts,
    cpuSeconds,
    spans: world.spans.rows,
    spansPerSecond: Math.round(world.spans.rows / cpuSeconds),
    handlingsPerSecond,
    handlingsRatio: reference === undefined ? undefined : handlingsPerSecond / reference.handlingsPerSecond,
    checksum: world.digest(),
  };
}

const codeOf = (name: string): number => SPAN_STATUSES.findIndex((status) => status.name === name);
const OVERLOADED = codeOf("overloaded");
const CLIENT_TIMEOUT = codeOf("client-timeout");

function countChain(world: Engine): ChainCounts & { readonly requests: number } {
  const isServer = world.model.sites.map(({ kind }) => kind === "server");
  const counts = { requests: 0, handlings: 0, errors: 0, retries: 0, overloaded: 0, timeouts: 0 };
  let ended = 0;
  let totalUs = 0;
  for (let row = 0; row < world.spans.rows; row++) {
    const chunk = world.spans.chunkAt((row >>> SPAN_CHUNK_SHIFT) << SPAN_CHUNK_SHIFT);
    const index = row & SPAN_CHUNK_MASK;
    const status = chunk.status[index];
    const durationUs = chunk.durationUs[index] ?? SPAN_OPEN;
    if (isServer[chunk.site[index] ?? -1] !== true) {
      if (chunk.attempt[index] !== 0) counts.retries++;
      if (status === CLIENT_TIMEOUT) counts.timeouts++;
      continue;
    }
    counts.handlings++;
    if (status === OVERLOADED) counts.overloaded++;
    if (chunk.parent[index] !== -1) continue;
    counts.requests++;
    if (durationUs === SPAN_OPEN) continue;
    ended++;
    totalUs += durationUs;
    if (status !== 0) counts.errors++;
  }
  return { ...counts, meanMs: totalUs / ended / 1_000 };
}

/** Compiles and runs the reference program; undefined where there is no g++. */
function runReference(requests: number): ChainRun | undefined {
  if (!isThere("g++")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "chain-reference-"));
  try {
    const program = join(folder, "chain-reference");
    execFileSync("g++", ["-O3", "-march=native", "-std=c++17", REFERENCE_SOURCE, "-o", program]);
    const printed = execFileSync(program, [String(requests), "7"], { encoding: "utf8" });
    const { rows, ...run } = JSON.parse(printed) as Omit<ChainRun, "handlings" | "handlingsPerSecond"> & {
      readonly rows: number;
    };
    return { ...run, handlings: rows, handlingsPerSecond: Math.round(rows / run.cpuSeconds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isThere(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
