/**
 * What a world did to its users and to those who watch it, by simulated minute. A request is hurt when it failed or
 * took longer than its journey has patience, and its healthy twin was fine; it counts with the journey's weight.
 */
import { MICROS_PER_MINUTE } from "../base/time.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanTable } from "../sim/span-table.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import type { World } from "../world/world.js";

export interface WorldImpact {
  readonly requestsPerMinute: readonly number[];
  /** Weighted. */
  readonly hurtPerMinute: readonly number[];
  /** Scrapes that failed and rule evaluations that were missed. */
  readonly lostSightPerMinute: readonly number[];
}

export function impactOf(world: World, twin: World): WorldImpact {
  const minutes = Math.ceil((world.nowUs - world.recentFromUs) / MICROS_PER_MINUTE);
  const requestsPerMinute = new Array<number>(minutes).fill(0);
  const hurtPerMinute = new Array<number>(minutes).fill(0);
  const hurtAnyway = hurtRequests(twin);
  forEachRoot(world, (row, weight, patienceUs) => {
    const chunk = world.spans.chunkAt(row);
    const at = row & SPAN_CHUNK_MASK;
    const minute = Math.floor((chunk.startUs[at] - world.recentFromUs) / MICROS_PER_MINUTE);
    if (minute < 0 || minute >= minutes) return;
    requestsPerMinute[minute]++;
    if (isHurt(world.spans, row, patienceUs) && !hurtAnyway.has(chunk.request[at])) hurtPerMinute[minute] += weight;
  });
  return { requestsPerMinute, hurtPerMinute, lostSightPerMinute: world.lostSightPerMinute(minutes) };
}

/** A request that never ended counts from the moment at which patience ran out. */
function isHurt(spans: SpanTable, row: number, patienceUs: number): boolean {
  const chunk = spans.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const durationUs = chunk.durationUs[at];
  if (durationUs === SPAN_OPEN) return false;
  return SPAN_STATUSES[chunk.status[at]].failed || durationUs > patienceUs;
}

function forEachRoot(world: World, visit: (row: number, weight: number, patienceUs: number) => void): void {
  const journeys = new Map(
    world.model.journeys.map((journey) => [world.model.operations[journey.operation].serverSite, journey.spec]),
  );
  for (let row = 0; row < world.spans.rows; row++) {
    const chunk = world.spans.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    if (chunk.parent[at] >= 0) continue;
    const journey = journeys.get(chunk.site[at]);
    if (journey !== undefined && world.isPerson(chunk.request[at])) visit(row, journey.impactWeight, journey.patience);
  }
}

/** Requests of a world that hurt somebody. */
function hurtRequests(world: World): ReadonlySet<number> {
  const hurt = new Set<number>();
  forEachRoot(world, (row, _weight, patienceUs) => {
    if (isHurt(world.spans, row, patienceUs)) hurt.add(world.spans.chunkAt(row).request[row & SPAN_CHUNK_MASK]);
  });
  return hurt;
}
