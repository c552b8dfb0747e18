/**
 * Containers on machines, slowly: a clock that goes in small steps, and in each step everybody gets what the rules say.
 * Nothing is kept but what is left of each job and of each quota.
 */
export interface ContainerSpec {
  readonly cores: number;
  readonly node: number;
  /** 0 for none. */
  readonly quotaCores: number;
  readonly periodUs: number;
  readonly parallel: number;
}

export interface JobSpec {
  readonly container: number;
  readonly atUs: number;
  readonly workUs: number;
}

export interface NodeSpec {
  readonly cores: number;
  readonly neighbour: number;
}

interface Job {
  readonly index: number;
  leftUs: number;
}

interface Container {
  readonly jobs: Job[];
  leftUs: number;
  periodEndUs: number;
  throttled: boolean;
  periods: number;
  throttledPeriods: number;
  usedUs: number;
}

export interface FluidOutcome {
  /** By job, µs. */
  readonly doneUs: readonly number[];
  readonly containers: readonly Container[];
}

/** Plays the jobs, which are in order of time, until all are done. */
export function playFluid(
  nodes: readonly NodeSpec[],
  specs: readonly ContainerSpec[],
  jobs: readonly JobSpec[],
  stepUs: number,
): FluidOutcome {
  const containers = specs.map((): Container => ({
    jobs: [],
    leftUs: 0,
    periodEndUs: Infinity,
    throttled: false,
    periods: 0,
    throttledPeriods: 0,
    usedUs: 0,
  }));
  const doneUs = jobs.map(() => NaN);
  let next = 0;
  for (let nowUs = 0; next < jobs.length || containers.some((one) => one.jobs.length > 0); nowUs += stepUs) {
    for (let job = jobs[next]; job !== undefined && job.atUs <= nowUs; job = jobs[++next])
      containers[job.container]?.jobs.push({ index: next, leftUs: job.workUs });
    containers.forEach((container, index) => {
      turnPeriod(container, specs[index], nowUs);
    });
    const rates = nodes.flatMap((node, index) => ratesOn(node, index, specs, containers));
    for (const { container, rate } of rates) {
      container.usedUs += rate * stepUs;
      container.leftUs -= rate * stepUs;
      const each = rate / container.jobs.length;
      for (const job of container.jobs) job.leftUs -= each * stepUs;
      for (const job of container.jobs.filter(({ leftUs }) => leftUs <= 0)) doneUs[job.index] = nowUs + stepUs;
      container.jobs.splice(0, Infinity, ...container.jobs.filter(({ leftUs }) => leftUs > 0));
    }
  }
  return { doneUs, containers };
}

function turnPeriod(container: Container, spec: ContainerSpec | undefined, nowUs: number): void {
  if (spec === undefined || spec.quotaCores === 0) return;
  if (container.periodEndUs !== Infinity && container.leftUs <= 0) container.throttled = true;
  if (nowUs >= container.periodEndUs) {
    container.periods++;
    if (container.throttled) container.throttledPeriods++;
    container.throttled = false;
    container.periodEndUs = Infinity;
  }
  if (container.periodEndUs === Infinity && container.jobs.length > 0) {
    // What was used beyond the quota in its last step is owed.
    container.leftUs = spec.quotaCores * spec.periodUs + Math.min(0, container.leftUs);
    container.periodEndUs = nowUs + spec.periodUs;
  }
}

/** Cores by container: a level is raised by trial until all that is there is given out. */
function ratesOn(
  { cores, neighbour }: NodeSpec,
  node: number,
  specs: readonly ContainerSpec[],
  containers: readonly Container[],
): readonly { readonly container: Container; readonly rate: number }[] {
  const here = specs.flatMap((spec, index) => {
    const container = containers[index];
    if (spec.node !== node || container === undefined || container.jobs.length === 0 || container.throttled) return [];
    const most = spec.quotaCores > 0 ? spec.parallel : spec.cores;
    return [{ container, wants: Math.min(container.jobs.length, most), weight: spec.cores }];
  });
  const level = levelOf([...here, { wants: neighbour, weight: neighbour }], cores);
  return here.map(({ container, wants, weight }) => ({ container, rate: Math.min(wants, level * weight) }));
}

/** Level at which everybody's share, by weight and no more than wanted, sums to what there is; by bisection. */
export function levelOf(
  members: readonly { readonly wants: number; readonly weight: number }[],
  capacity: number,
): number {
  const given = (level: number): number =>
    members.reduce((sum, { wants, weight }) => sum + Math.min(wants, level * weight), 0);
  let [low, high] = [0, 1_000];
  if (given(high) <= capacity) return high;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (given(middle) > capacity) high = middle;
    else low = middle;
  }
  return low;
}
