/** Who has how many cores, against a clock that goes in small steps. */
import { describe, expect, test } from "vitest";
import { StateReader, StateWriter } from "../../../server/base/state-stream.js";
import { EventHeap } from "../../../server/base/event-heap.js";
import { CpuAllocation } from "../../../server/sim/compute/cpu-allocation.js";
import { shareFairly } from "../../../server/sim/compute/fair-shares.js";
import { EVENT_MASK, EVENT_QUOTA, EVENT_SHIFT } from "../../../server/sim/events.js";
import { Processors } from "../../../server/sim/processors.js";
import type { NodeModel } from "../../../server/topology/nodes.js";
import { Luck } from "../../fixtures/luck.js";
import { cell } from "../../fixtures/span-rows.js";
import {
  type ContainerSpec,
  type FluidOutcome,
  type JobSpec,
  levelOf,
  type NodeSpec,
  playFluid,
} from "./fluid-machine.js";

const STEP_US = 20;

/** The parts of the engine that give out processors, and nothing else. */
class Machine {
  readonly heap = new EventHeap(0);
  readonly processors: Processors;
  readonly cpus: CpuAllocation;
  readonly doneUs: number[] = [];
  nowUs = 0;

  constructor(
    nodes: readonly NodeSpec[],
    readonly specs: readonly ContainerSpec[],
  ) {
    this.processors = new Processors(this.heap, specs.length, (cpu) => specs[cpu]?.cores ?? NaN);
    const models = nodes.map(({ cores }, index): NodeModel => {
      const name = `node-${String(index)}`;
      return { index, name, group: "node", zone: "a", cores, memoryBytes: 1, diskBytes: 1 };
    });
    const cores = specs.map((spec) => spec.cores);
    const places = specs.map(({ node }) => node);
    this.cpus = new CpuAllocation(this.heap, this.processors, models, cores, places);
    nodes.forEach(({ neighbour }, node) => {
      this.cpus.setNeighbour(node, neighbour, 0);
    });
    specs.forEach(({ quotaCores, periodUs, parallel }, index) => {
      this.cpus.setQuota(index, quotaCores, periodUs, parallel, 0);
    });
  }

  add(job: number, { container, atUs, workUs }: JobSpec): void {
    this.run(atUs);
    this.processors.add(container, job, workUs, atUs);
  }

  run(untilUs: number): void {
    for (let at = this.heap.peek(); at <= untilUs && at < Infinity; at = this.heap.peek()) {
      this.heap.pop();
      const subject = this.heap.code >> EVENT_SHIFT;
      if ((this.heap.code & EVENT_MASK) === EVENT_QUOTA) this.cpus.quotaEvent(subject, at);
      else {
        this.processors.complete(subject, at);
        for (let index = 0; index < this.processors.doneCount; index++)
          this.doneUs[cell(this.processors.done, index)] = at;
      }
    }
    this.nowUs = untilUs;
  }
}

function randomCase(luck: Luck): { nodes: NodeSpec[]; specs: ContainerSpec[]; jobs: JobSpec[] } {
  const nodes = [
    { cores: luck.pick([1, 2, 3]), neighbour: luck.pick([0, 1.5, 4]) },
    { cores: luck.pick([2, 8]), neighbour: 0 },
  ];
  const specs = Array.from({ length: 5 }, (): ContainerSpec => {
    const cores = luck.pick([0.5, 1, 2]);
    const limited = luck.chance(0.5);
    return {
      cores,
      node: luck.whole(0, 1),
      quotaCores: limited ? luck.pick([0.3, 0.7]) : 0,
      periodUs: limited ? 20_000 : 0,
      parallel: limited ? luck.pick([1, 2]) : 0,
    };
  });
  const jobs = Array.from({ length: 90 }, () => ({
    container: luck.whole(0, specs.length - 1),
    atUs: luck.whole(0, 12_000) * STEP_US,
    workUs: luck.whole(50, 900) * STEP_US,
  })).sort((a, b) => a.atUs - b.atUs);
  return { nodes, specs, jobs };
}

/** The machine over the jobs; in the middle it is stored and another one goes on with what was stored. */
function play({ nodes, specs, jobs }: ReturnType<typeof randomCase>, stored: boolean): Machine {
  let machine = new Machine(nodes, specs);
  jobs.forEach((job, index) => {
    if (stored && index === jobs.length >> 1) machine = storedAndRestored(machine, nodes);
    machine.add(index, job);
  });
  machine.run(60e6);
  return machine;
}

function storedAndRestored(machine: Machine, nodes: readonly NodeSpec[]): Machine {
  const writer = new StateWriter();
  for (const part of [machine.heap, machine.processors, machine.cpus]) part.save(writer);
  const other = new Machine(
    nodes.map(({ cores }) => ({ cores, neighbour: 0 })),
    machine.specs.map((spec) => ({ ...spec, quotaCores: 0 })),
  );
  const reader = new StateReader(writer.finish());
  for (const part of [other.heap, other.processors, other.cpus]) part.restore(reader);
  other.doneUs.push(...machine.doneUs);
  return other;
}

/** By how much the two differ; one job of a hundred may meet the end of a period on the other side of it. */
function lateUs(machine: Machine, { doneUs }: FluidOutcome): number {
  const late = doneUs.map((slow, job) => Math.abs(slow - (machine.doneUs[job] ?? Infinity)));
  return late.sort((a, b) => a - b)[Math.floor(0.985 * late.length) - 1] ?? Infinity;
}

test("half a core does one request at half the speed, whether it comes alone or not", () => {
  const machine = new Machine([], [{ cores: 0.5, node: -1, quotaCores: 0, periodUs: 0, parallel: 0 }]);
  machine.add(0, { container: 0, atUs: 0, workUs: 1_000 });
  machine.run(10_000);
  expect(machine.doneUs).toEqual([2_000]);
});

describe("processors of nodes, shared by containers, some of them with quotas", () => {
  test.each(Array.from({ length: 8 }, (_, number) => [number]))("case %i is as the slow machine says", (number) => {
    const drawn = randomCase(new Luck(number));
    const slow = playFluid(drawn.nodes, drawn.specs, drawn.jobs, STEP_US);
    const machine = play(drawn, false);
    expect(machine.doneUs.filter((at) => at > 0)).toHaveLength(drawn.jobs.length);
    // Every arrival, departure and throttling of the slow machine may be late by a step.
    expect(lateUs(machine, slow)).toBeLessThan(30 * STEP_US);
    drawn.specs.forEach((_, index) => {
      const used = slow.containers[index]?.usedUs ?? NaN;
      expect(Math.abs(machine.processors.busyUs(index, machine.nowUs) - used)).toBeLessThan(400 * STEP_US);
      expect(
        Math.abs(cell(machine.cpus.throttledPeriods, index) - (slow.containers[index]?.throttledPeriods ?? NaN)),
      ).toBeLessThanOrEqual(2);
    });
    expect(play(drawn, true).doneUs).toEqual(machine.doneUs);
  });
});

describe("fair shares", () => {
  test("are those of a level that is found by trial, and nothing is left while somebody wants more", () => {
    const luck = new Luck(7);
    for (let round = 0; round < 300; round++) {
      const members = Array.from({ length: luck.whole(1, 8) }, () => ({
        wants: luck.chance(0.2) ? 0 : luck.between(0, 4),
        weight: luck.between(0.1, 4),
      }));
      const capacity = luck.between(0.5, 8);
      const granted = new Float64Array(members.length);
      const column = (of: (member: (typeof members)[number]) => number): Float64Array => Float64Array.from(members, of);
      shareFairly(
        capacity,
        column(({ wants }) => wants),
        column(({ weight }) => weight),
        granted,
        members.length,
      );
      const level = levelOf(members, capacity);
      members.forEach(({ wants, weight }, index) => {
        expect(cell(granted, index)).toBeCloseTo(Math.min(wants, level * weight), 6);
      });
      const wanted = members.reduce((sum, { wants }) => sum + wants, 0);
      expect(granted.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Math.min(wanted, capacity), 6);
    }
  });
});

describe("a quota", () => {
  const limited: ContainerSpec = { cores: 4, node: -1, quotaCores: 0.5, periodUs: 100_000, parallel: 2 };

  test("that is always wanted gives exactly its share, and throttles in every period", () => {
    const machine = new Machine([], [limited]);
    machine.add(0, { container: 0, atUs: 0, workUs: 60e6 });
    machine.add(1, { container: 0, atUs: 0, workUs: 60e6 });
    machine.run(10e6);
    expect(machine.processors.busyUs(0, 10e6)).toBeCloseTo(0.5 * 10e6, -2);
    expect(machine.cpus.periods[0]).toBe(100);
    expect(machine.cpus.throttledPeriods[0]).toBe(100);
    // Two at once use 50 ms of a period up in 25 ms.
    expect(machine.cpus.throttledUs(0, 10e6)).toBeCloseTo(0.75 * 10e6, -3);
  });

  test("pays for what its collector spends, over as many periods as that takes", () => {
    const machine = new Machine([], [{ ...limited, parallel: 1 }]);
    machine.cpus.spend(0, 100_000, 0);
    machine.add(0, { container: 0, atUs: 0, workUs: 10_000 });
    machine.run(1e6);
    // Two periods of 50 ms are gone with it; the request had begun for the µs after which that was seen.
    expect(Math.abs((machine.doneUs[0] ?? 0) - 210_000)).toBeLessThanOrEqual(2);
    expect(machine.cpus.throttledPeriods[0]).toBe(2);
  });

  test("that the mean stays below hurts only those that come in bursts", () => {
    const machine = new Machine([], [limited]);
    // One of 20 ms alone, then four at once, each second.
    for (let second = 0; second < 20; second++) {
      const atUs = second * 1e6;
      machine.add(second * 5, { container: 0, atUs, workUs: 20_000 });
      for (let job = 1; job < 5; job++)
        machine.add(second * 5 + job, { container: 0, atUs: atUs + 500_000, workUs: 20_000 });
    }
    machine.run(21e6);
    const tookUs = machine.doneUs.map((at, job) => at - Math.floor(job / 5) * 1e6 - (job % 5 === 0 ? 0 : 500_000));
    expect(machine.processors.busyUs(0, 21e6) / 20e6).toBeCloseTo(0.1, 6);
    expect(Math.max(...tookUs.filter((_, job) => job % 5 === 0))).toBe(20_000);
    // 80 ms of work on two cores, of which a period gives 50 ms: the rest comes after 100 ms, 30 ms of work on two cores.
    expect(tookUs.filter((_, job) => job % 5 !== 0).every((us) => us === 115_000)).toBe(true);
  });
});
