/**
 * How often things fail while all is well: what operations and external parties fail of themselves by declaration, and
 * what that makes of the answers of those who called them. Needed once, to know which series a process that has been up
 * for long has. Sequential estimate: what only load brings (time-outs, full queues) is left out, and each step of a
 * request is taken to be reached.
 */
import type { ClientUse } from "./layouts.js";
import type { FlagCondition, OperationSpec, ServiceSpec, StepSpec, Topology } from "./types.js";

/** Codes of SPAN_STATUSES: what a server answers when it fails by itself, and when somebody whom it needs has failed. */
const OWN_FAILURE = 1;
const DEPENDENCY_FAILURE = 2;
/** Calls deeper than this would be a cycle, which the scenario reader refuses. */
const DEPTH_MAX = 32;
/** Assumed share of misses for what stands under `onMiss`. */
const MISS_RATIO = 0.2;

/** Failures per arrival at the edge, over all processes of the service. */
export interface UsualFailure {
  readonly service: string;
  /** Who saw it: the server of an operation, or the client of a use. */
  readonly seen: { readonly operation: string } | { readonly use: ClientUse };
  /** Code of SPAN_STATUSES. */
  readonly status: number;
  readonly perArrival: number;
}

type Asking = Extract<StepSpec, { kind: "call" | "external" }>;

/** Shares of the answers of an operation that are failures. */
interface Answers {
  readonly own: number;
  readonly dependency: number;
}

export function usualFailures(
  topology: Topology,
  isOn: (condition: FlagCondition) => boolean,
): readonly UsualFailure[] {
  return new FailureEstimate(topology, isOn).all();
}

class FailureEstimate {
  readonly #answers = new Map<OperationSpec, Answers>();
  readonly #services: ReadonlyMap<string, ServiceSpec>;
  readonly #basketMean: number;
  readonly #found: UsualFailure[] = [];

  constructor(
    readonly topology: Topology,
    readonly isOn: (condition: FlagCondition) => boolean,
  ) {
    const { median, sigma, max } = topology.load.basket;
    this.#services = new Map(topology.services.map((service) => [service.id, service]));
    this.#basketMean = Math.min(max, Math.max(1, median * Math.exp((sigma * sigma) / 2)));
  }

  all(): readonly UsualFailure[] {
    for (const { service, operation, share } of this.topology.journeys) this.#enter(service, operation, share, 0);
    return this.#found;
  }

  #enter(service: string, name: string, rate: number, depth: number): void {
    const operation = this.#operation(service, name);
    if (operation === undefined || depth >= DEPTH_MAX) return;
    const { own, dependency } = this.#answersOf(service, operation);
    this.#note(service, { operation: name }, OWN_FAILURE, rate * own);
    this.#note(service, { operation: name }, DEPENDENCY_FAILURE, rate * dependency);
    for (const step of operation.steps) this.#visit(service, step, rate, depth + 1);
  }

  #visit(service: string, step: StepSpec, rate: number, depth: number): void {
    if ("flag" in step && !this.isOn(step.flag)) return;
    if (step.kind === "parallel") {
      for (const branch of step.branches) for (const inner of branch) this.#visit(service, inner, rate, depth);
    } else if (step.kind === "cache") {
      for (const inner of step.onMiss) this.#visit(service, inner, rate * MISS_RATIO, depth);
    } else if (step.kind === "publish") {
      const queue = this.topology.queues.find(({ id }) => id === step.queue);
      if (queue !== undefined) this.#enter(queue.consumer.service, queue.consumer.operation, rate, depth);
    } else if (step.kind === "call" || step.kind === "external") this.#ask(service, step, rate, depth);
  }

  /** Every try of a call counts for the caller; each one that is made reaches the other side. */
  #ask(service: string, step: Asking, rate: number, depth: number): void {
    const { own, dependency } = this.#triesOf(step);
    const failing = own + dependency;
    const tries = (rate * this.#times(step)) / Math.max(1e-6, 1 - failing);
    const use = this.#useOf(step);
    this.#note(service, { use }, OWN_FAILURE, tries * own);
    this.#note(service, { use }, DEPENDENCY_FAILURE, tries * dependency);
    if (step.kind === "call") this.#enter(step.service, step.operation, tries, depth);
  }

  #answersOf(service: string, operation: OperationSpec): Answers {
    const known = this.#answers.get(operation);
    if (known !== undefined) return known;
    // Stands for itself in a circle.
    this.#answers.set(operation, { own: operation.errorRatio, dependency: 0 });
    const well = operation.steps.reduce((product, step) => product * this.#wellOf(service, step), 1);
    const answers = { own: operation.errorRatio, dependency: (1 - operation.errorRatio) * (1 - well) };
    this.#answers.set(operation, answers);
    return answers;
  }

  /** Likelihood that the step does not fail the request. */
  #wellOf(service: string, step: StepSpec): number {
    if ("flag" in step && !this.isOn(step.flag)) return 1;
    if (step.kind === "parallel")
      return step.branches.flat().reduce((product, inner) => product * this.#wellOf(service, inner), 1);
    if ((step.kind !== "call" && step.kind !== "external") || step.optional || step.fallback !== undefined) return 1;
    const { own, dependency } = this.#triesOf(step);
    const target = step.kind === "call" ? step.service : step.external;
    const attempts =
      this.#services.get(service)?.dependencies.find((one) => one.target === target)?.retry.attempts ?? 1;
    return (1 - (own + dependency) ** attempts) ** this.#times(step);
  }

  /** How one try of the step ends. */
  #triesOf(step: Asking): Answers {
    if (step.kind === "call") {
      const operation = this.#operation(step.service, step.operation);
      return operation === undefined ? { own: 0, dependency: 0 } : this.#answersOf(step.service, operation);
    }
    return { own: this.#external(step)?.errorRatio ?? 0, dependency: 0 };
  }

  #useOf(step: Asking): ClientUse {
    const method =
      step.kind === "call" ? this.#operation(step.service, step.operation)?.method : this.#external(step)?.method;
    return { kind: "http", target: step.kind === "call" ? step.service : step.external, what: method ?? "" };
  }

  #times(step: Asking): number {
    if (step.kind === "external") return 1;
    return step.repeat === "basket" ? this.#basketMean : step.repeat;
  }

  #external(step: Extract<StepSpec, { kind: "external" }>) {
    return this.topology.externals
      .find(({ id }) => id === step.external)
      ?.operations.find(({ name }) => name === step.operation);
  }

  #operation(service: string, name: string): OperationSpec | undefined {
    return this.#services.get(service)?.operations.find((candidate) => candidate.name === name);
  }

  #note(service: string, seen: UsualFailure["seen"], status: number, perArrival: number): void {
    if (perArrival > 0) this.#found.push({ service, seen, status, perArrival });
  }
}
