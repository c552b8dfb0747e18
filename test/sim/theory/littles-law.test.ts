/**
 * Little's law, L = λ·W, on every resource of the small shop. L is looked up in the engine's state at many instants, λ·W
 * is the time that the span columns say requests spent there: two accounts that share nothing but the simulation. Both
 * are taken over the same twenty stretches of time, so what chance does to the shop it does to both.
 */
import { expect, test } from "vitest";
import { assert } from "../../../server/base/assert.js";
import type { Engine } from "../../../server/sim/engine.js";
import { estimateOf } from "../../fixtures/batch-means.js";
import { smallShop } from "../../fixtures/small-shop.js";
import { cell, type SpanRow, spanRows } from "../../fixtures/span-rows.js";
import { at, engine, model, none, NOON } from "../../fixtures/topology.js";

const BATCHES = 20;
const BATCH_SECONDS = 15;
/** Not a divisor of anything that happens at round times. */
const SAMPLE_US = 7_919;

interface Resource {
  readonly name: string;
  /** How many use it or wait for it now. */
  readonly present: () => number;
  /** µs that the request of a span did; undefined for spans that have nothing to do with it. */
  readonly intervalOf: (span: SpanRow) => Interval | undefined;
}

interface Interval {
  readonly fromUs: number;
  readonly toUs: number;
}

test("L = λ·W for the workers, connections, lines, queries and messages of the shop", () => {
  // Without a network, what the caller of a query sees is what the store does.
  const world = engine(model(smallShop({ rps: 60, network: { latency: none } })));
  const resources = resourcesOf(world);
  const seen = resources.map(() => new Float64Array(BATCHES));
  world.run(at(0));
  for (let batch = 0; batch < BATCHES; batch++) sampleBatch(world, resources, seen, batch);
  world.run(at(BATCHES * BATCH_SECONDS + 30));

  const spans = spanRows(world).filter(({ ended }) => ended);
  expect(resources.length).toBeGreaterThan(15);
  resources.forEach(({ name, intervalOf }, index) => {
    const told = timeAverages(spans, intervalOf);
    const sampled = seen[index];
    assert(sampled !== undefined, name);
    const mean = told.reduce((sum, value) => sum + value, 0) / BATCHES;
    const difference = estimateOf(told.map((value, batch) => cell(sampled, batch) - value));
    const allowed = Math.max(0.01 * mean, difference.halfWidth);
    const text = `${name}: L − λW = ${difference.mean.toPrecision(3)} ± ${difference.halfWidth.toPrecision(2)}, λW = ${mean.toPrecision(4)}`;
    expect(Math.abs(difference.mean), text).toBeLessThanOrEqual(allowed);
  });
});

test("processors are busy for as long as somebody computes: utilisation by state and by account agree", () => {
  const world = engine(model(smallShop({ rps: 60 })));
  const { processors } = world.state;
  const cpus = processors.jobs.length;
  world.run(at(0));
  const before = Array.from({ length: cpus }, (_, cpu) => processors.busyUs(cpu, world.now));
  const sums = new Float64Array(cpus);
  const samples = Math.floor((200 * 1e6) / SAMPLE_US);
  for (let sample = 1; sample <= samples; sample++) {
    world.run(at((sample * SAMPLE_US) / 1e6));
    for (let cpu = 0; cpu < cpus; cpu++) {
      sums[cpu] = cell(sums, cpu) + Math.min(cell(processors.jobs, cpu), cell(processors.cores, cpu));
    }
  }
  for (let cpu = 0; cpu < cpus; cpu++) {
    const counted = (processors.busyUs(cpu, world.now) - cell(before, cpu)) / (samples * SAMPLE_US);
    const looked = cell(sums, cpu) / samples;
    // Sampling of a load u at n instants that hardly depend on each other errs by √(u/n), 2.58 of which are 99 %.
    const allowed = Math.max(0.01 * counted, 2.58 * Math.sqrt(counted / samples));
    expect(Math.abs(looked - counted), `cpu ${String(cpu)}: ${String(looked)}, ${String(counted)}`).toBeLessThanOrEqual(
      allowed,
    );
  }
});

function resourcesOf(world: Engine): readonly Resource[] {
  const { state, model: shop } = world;
  const isHandling = ({ kind }: SpanRow) => kind === "server" || kind === "consumer";
  const perInstance = shop.instances.flatMap(({ index, name, service }): Resource[] => [
    {
      name: `workers of ${name}`,
      present: () => cell(state.instanceBusy, index),
      intervalOf: (span) =>
        isHandling(span) && span.instance === index
          ? span.kind === "server"
            ? afterWait(span)
            : whole(span)
          : undefined,
    },
    {
      name: `line for a worker of ${name}`,
      present: () => cell(state.workerLines.length, index),
      intervalOf: (span) => (span.kind === "server" && span.instance === index ? inLine(span) : undefined),
    },
    ...(shop.services[service]?.spec.dependencies ?? []).map(({ target }, ordinal): Resource => ({
      name: `connections of ${name} to ${target}`,
      present: () => cell(state.poolUsed, cell(state.poolFrom, index) + ordinal),
      intervalOf: (span) =>
        !isHandling(span) && span.instance === index && peerOf(world, span) === target ? afterWait(span) : undefined,
    })),
    ...(shop.services[service]?.spec.dependencies ?? []).map(({ target }, ordinal): Resource => ({
      name: `line of ${name} for a connection to ${target}`,
      present: () => cell(state.poolLines.length, cell(state.poolFrom, index) + ordinal),
      intervalOf: (span) =>
        !isHandling(span) && span.instance === index && peerOf(world, span) === target ? inLine(span) : undefined,
    })),
  ]);
  const perStore = shop.stores.map(({ index, spec }): Resource => ({
    name: `queries in ${spec.id}`,
    present: () => cell(state.storeActive, index),
    intervalOf: (span) => (!isHandling(span) && peerOf(world, span) === spec.id ? afterWait(span) : undefined),
  }));
  const perQueue = shop.queues.map(({ target, metrics, spec }): Resource => ({
    name: `messages in ${spec.id}`,
    present: () => cell(world.valuesOf(target), metrics.messages),
    intervalOf: (span) => (span.kind === "consumer" && peerOf(world, span) === spec.id ? beforeStart(span) : undefined),
  }));
  return [...perInstance, ...perStore, ...perQueue];
}

/** Component that a client's span talks to. */
function peerOf(world: Engine, { row }: SpanRow): string | undefined {
  const chunk = world.spans.chunkAt(row);
  return world.model.sites[cell(chunk.site, row & 0xffff)]?.peer;
}

const inLine = (span: SpanRow): Interval => ({ fromUs: span.startUs, toUs: span.startUs + span.waitUs });
const beforeStart = (span: SpanRow): Interval => ({ fromUs: span.startUs - span.waitUs, toUs: span.startUs });
const whole = ({ startUs, durationUs }: SpanRow): Interval => ({ fromUs: startUs, toUs: startUs + durationUs });
const afterWait = (span: SpanRow): Interval => ({ ...whole(span), fromUs: span.startUs + span.waitUs });

/** Means over a stretch of what is looked up at even intervals. */
function sampleBatch(
  world: Engine,
  resources: readonly Resource[],
  seen: readonly Float64Array[],
  batch: number,
): void {
  const samples = Math.floor((BATCH_SECONDS * 1e6) / SAMPLE_US);
  for (let sample = 1; sample <= samples; sample++) {
    world.run(at(batch * BATCH_SECONDS + (sample * SAMPLE_US) / 1e6));
    resources.forEach(({ present }, index) => {
      const row = seen[index];
      assert(row !== undefined, "a row for each resource");
      row[batch] = cell(row, batch) + present() / samples;
    });
  }
}

/** Mean number that is present in each stretch, by the intervals of the spans: arrivals a second times time spent. */
function timeAverages(spans: readonly SpanRow[], intervalOf: Resource["intervalOf"]): readonly number[] {
  const sums = new Float64Array(BATCHES);
  const batchUs = BATCH_SECONDS * 1e6;
  for (const span of spans) {
    const interval = intervalOf(span);
    if (interval === undefined) continue;
    const first = Math.max(Math.floor((interval.fromUs - NOON) / batchUs), 0);
    const last = Math.min(Math.floor((interval.toUs - NOON) / batchUs), BATCHES - 1);
    for (let batch = first; batch <= last; batch++) {
      const from = Math.max(interval.fromUs, NOON + batch * batchUs);
      const to = Math.min(interval.toUs, NOON + (batch + 1) * batchUs);
      sums[batch] = cell(sums, batch) + Math.max(to - from, 0) / batchUs;
    }
  }
  return Array.from(sums);
}
