/**
 * The yardstick `chain` (topologies/chain.yaml): through the engine from its topology file, metrics counted and span
 * columns written, and in chain-reference.cpp, by turns in the same run; figures are medians of the turns.
 *
 * What is compared. The program writes one row of 23 bytes for each *handling*, one attempt at one service. The engine
 * writes a row of 32 bytes for the handling and one for the client's side of a call: nine rows a request, not five.
 * `rowsRatio` is rows a second against rows a second, `handlingsRatio` the like with the like. Both write their columns
 * and neither writes log lines but those of failed attempts (engine).
 *
 * `dedicated` gives an instance as many cores as workers, so that nobody shares a processor and every law is that of
 * the program; the engine still goes through its processor-sharing CPUs. `sharing` gives 6 cores for an offered 4.5, so
 * that work contends, which the program cannot do: its ratio says what that costs. The back-off is uniform in 0–10 ms in
 * the engine (its law for jitter) and exponential with the same mean, 5 ms, in the program.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../server/base/assert.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import type { Engine } from "../../server/sim/engine.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN } from "../../server/sim/span-table.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import type { Model } from "../../server/topology/model-types.js";
import { at, engine, model, NOON } from "../fixtures/topology.js";

const REQUESTS_PER_SECOND = 4_500;
/** Cores of an instance in the form where work contends; 4.5 are in use on average. */
const SHARED_CORES = 6;
const WARM_UP_SECONDS = 2;
const SECONDS: Readonly<Record<"small" | "large", number>> = { small: 2, large: 100 };
const TURNS: Readonly<Record<"small" | "large", number>> = { small: 1, large: 5 };
/** From the root of the project, where benchmarks and tests are run. */
const REFERENCE_SOURCE = "test/bench/chain-reference.cpp";
const TOPOLOGY = "test/bench/topologies/chain.yaml";

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
}

/** The engine against the reference, both as medians over the turns. */
export interface ChainRatio {
  readonly rowsRatio: number;
  readonly handlingsRatio: number;
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
  const models = { dedicated: chainModel("dedicated"), sharing: chainModel("sharing") };
  const turns = { dedicated: [] as EngineChainRun[], sharing: [] as EngineChainRun[], reference: [] as ChainRun[] };
  withReference((runReference) => {
    for (let turn = 0; turn < TURNS[size]; turn++) {
      const reference = runReference?.(seconds * REQUESTS_PER_SECOND);
      if (reference !== undefined) turns.reference.push(reference);
      for (const processors of ["dedicated", "sharing"] as const) {
        turns[processors].push(runEngine(models[processors], processors, seconds));
      }
    }
  });
  const dedicated = median(turns.dedicated);
  const sharing = median(turns.sharing);
  assert(dedicated !== undefined && sharing !== undefined, "at least one turn");
  return { dedicated, sharing, reference: median(turns.reference) };
}

/** The turn with the median rate; all others are equal to it in everything but time. */
function median<Run extends ChainRun>(turns: readonly Run[]): Run | undefined {
  return turns.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[turns.length >> 1];
}

export function ratioOf(run: EngineChainRun, reference: ChainRun): ChainRatio {
  return {
    rowsRatio: run.spansPerSecond / reference.handlingsPerSecond,
    handlingsRatio: run.handlingsPerSecond / reference.handlingsPerSecond,
  };
}

/** The topology file through the scenario reader. */
function chainModel(processors: ChainProcessors): Model {
  const { topology, diagnostics } = readTopology(new Map([[TOPOLOGY, readFileSync(TOPOLOGY, "utf8")]]), TOPOLOGY);
  assert(topology !== undefined, `${TOPOLOGY}: ${diagnostics.map(({ message }) => message).join("; ")}`);
  if (processors === "dedicated") return model(topology);
  return model({ ...topology, services: topology.services.map((spec) => ({ ...spec, cores: SHARED_CORES })) });
}

function runEngine(compiled: Model, processors: ChainProcessors, seconds: number): EngineChainRun {
  const world = engine(compiled, { seed: "bench", startAt: at(-WARM_UP_SECONDS) });
  world.run(NOON);
  const before = process.cpuUsage();
  world.run(at(seconds));
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const counts = countChain(world);
  return {
    processors,
    ...counts,
    cpuSeconds,
    spans: world.spans.rows,
    spansPerSecond: Math.round(world.spans.rows / cpuSeconds),
    handlingsPerSecond: Math.round(counts.handlings / cpuSeconds),
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

type RunReference = (requests: number) => ChainRun;

/** Compiles the reference program for as long as `use` takes; hands it undefined where there is no g++. */
function withReference(use: (run: RunReference | undefined) => void): void {
  if (!isThere("g++")) {
    use(undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "chain-reference-"));
  try {
    const program = join(folder, "chain-reference");
    execFileSync("g++", ["-O3", "-march=native", "-std=c++17", REFERENCE_SOURCE, "-o", program]);
    use((requests) => {
      const printed = execFileSync(program, ["chain", String(requests), "lane"], { encoding: "utf8" });
      return chainRunOf(JSON.parse(printed) as ReferenceLine);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the program prints, in its words. */
interface ReferenceLine {
  readonly spans: number;
  readonly sec: number;
  readonly rate: number;
  readonly meanT: number;
  readonly err: number;
  readonly rej: number;
  readonly retries: number;
  readonly touts: number;
  readonly checksum: string;
}

const chainRunOf = ({ spans, sec, rate, meanT, err, rej, retries, touts, checksum }: ReferenceLine): ChainRun => ({
  handlings: spans,
  errors: err,
  retries,
  overloaded: rej,
  timeouts: touts,
  meanMs: meanT,
  cpuSeconds: sec,
  handlingsPerSecond: rate,
  checksum,
});

function isThere(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
