/**
 * Turns the steps of operations into instructions. Each variant (set of code faults) has its own entry per operation;
 * operations that a variant does not touch share the code of the plain one.
 */
import { assert } from "../base/assert.js";
import { combine } from "../base/draw.js";
import type { CodeEffect } from "./effects.js";
import type { DurationRegistry } from "./duration-registry.js";
import {
  BRANCHES_CANCEL,
  BRANCHES_MAX,
  FIELD_BRANCH_COUNT,
  FIELD_BRANCHES,
  FIELD_DEPENDENCY,
  FIELD_CONCURRENCY,
  FIELD_DURATION,
  FIELD_FALLBACK,
  FIELD_FLAG,
  FIELD_FLAG_VALUE,
  FIELD_METRIC,
  FIELD_OP,
  FIELD_OPTIONAL,
  FIELD_PER_ITEM,
  FIELD_REPEAT,
  FIELD_SALT,
  FIELD_SITE,
  FIELD_TARGET,
  FIELD_TARGET_PC,
  INSTRUCTION_SHIFT,
  OP_CACHE_GET,
  OP_CACHE_SET,
  OP_CALL,
  OP_CPU,
  OP_END,
  OP_EXTERNAL,
  OP_FLAG,
  OP_OWN_ERROR,
  OP_PARALLEL,
  OP_PUBLISH,
  OP_QUERY,
  REPEAT_BASKET,
} from "./program.js";
import type { FlagCondition, OperationSpec, RepeatSpec, StepSpec } from "./types.js";

/** What a step that talks to another component resolves to. */
export interface StepTarget {
  readonly dependency: number;
  readonly site: number;
  readonly target: number;
  readonly metric: number;
}

/** Resolves names of one service's steps; each throws when the name is unknown. */
export interface StepResolver {
  call(service: string, operation: string): StepTarget;
  query(store: string, query: string): StepTarget;
  external(external: string, operation: string): StepTarget;
  cache(cache: string, keyspace: string, command: "GET" | "SET"): StepTarget;
  publish(queue: string): StepTarget;
  flag(name: string): number;
}

/** Salt of the draws that decide over an operation's own errors; steps have salts made from their path. */
const OWN_ERROR_SALT = 0x0e44;

export class ProgramCompiler {
  readonly #code: number[] = [];

  constructor(readonly durations: DurationRegistry) {}

  /** Appends the operation as `effects` leave it and returns its first instruction. */
  operation(spec: OperationSpec, resolver: StepResolver, effects: readonly CodeEffect[], ownErrors = true): number {
    return new OperationCompiler(this.#code, this.durations, resolver, effects, ownErrors).compile(spec);
  }

  get length(): number {
    return this.#code.length;
  }

  code(): Int32Array {
    return Int32Array.from(this.#code);
  }
}

class OperationCompiler {
  constructor(
    readonly code: number[],
    readonly durations: DurationRegistry,
    readonly resolver: StepResolver,
    readonly effects: readonly CodeEffect[],
    /** Whether it can fail for reasons of its own. */
    readonly ownErrors: boolean,
  ) {}

  compile(spec: OperationSpec): number {
    const entry = this.#next();
    // Own errors come after the first computation, as a handler that throws would show them; without one, at the end.
    const firstCpu = spec.steps.findIndex((step) => step.kind === "cpu");
    spec.steps.forEach((step, index) => {
      this.#step(step, combine(1, index));
      if (index === firstCpu && this.ownErrors) this.#emit(OP_OWN_ERROR, OWN_ERROR_SALT, {});
    });
    if (firstCpu < 0 && this.ownErrors) this.#emit(OP_OWN_ERROR, OWN_ERROR_SALT, {});
    this.#emit(OP_END, 0, {});
    return entry;
  }

  #steps(steps: readonly StepSpec[], salt: number): void {
    steps.forEach((step, index) => {
      this.#step(step, combine(salt, index));
    });
  }

  #step(step: StepSpec, salt: number): void {
    switch (step.kind) {
      case "cpu":
        this.#emit(OP_CPU, salt, {
          [FIELD_DURATION]: this.durations.indexOf(step.time),
          [FIELD_PER_ITEM]: step.perItem ?? 0,
        });
        return;
      case "call":
        this.#guarded(step.flag, salt, () => {
          const { service, operation, repeat, optional } = step;
          this.#withFallback(
            step,
            this.#talk(OP_CALL, salt, this.resolver.call(service, operation), repeat, optional),
            salt,
          );
        });
        return;
      case "query":
        this.#guarded(step.flag, salt, () => {
          const { query, repeat } = this.#asDeployed(step);
          const at = this.#talk(OP_QUERY, salt, this.resolver.query(step.store, query), repeat, step.optional);
          this.#withFallback(step, at, salt);
        });
        return;
      case "external":
        this.#guarded(step.flag, salt, () => {
          const at = this.#talk(
            OP_EXTERNAL,
            salt,
            this.resolver.external(step.external, step.operation),
            1,
            step.optional,
          );
          this.#withFallback(step, at, salt);
        });
        return;
      case "publish":
        this.#guarded(step.flag, salt, () => {
          this.#talk(OP_PUBLISH, salt, this.resolver.publish(step.queue), 1, false);
        });
        return;
      case "cache": {
        // A cache that does not answer is as good as a miss, so both commands are optional.
        const get = this.#talk(OP_CACHE_GET, salt, this.resolver.cache(step.cache, step.keyspace, "GET"), 1, true);
        this.#steps(step.onMiss, combine(salt, 0x6d));
        this.#talk(OP_CACHE_SET, combine(salt, 0x5e7), this.resolver.cache(step.cache, step.keyspace, "SET"), 1, true);
        this.#patch(get, FIELD_TARGET_PC, this.#next());
        return;
      }
      case "parallel":
        this.#parallel(step.branches, step.onFailure === "cancel" ? BRANCHES_CANCEL : 0, salt);
        return;
    }
  }

  /** Adds what a step says besides: how many at one time, and what is run in place of an answer. */
  #withFallback(
    step: { readonly fallback?: readonly StepSpec[]; readonly concurrency?: number },
    at: number,
    salt: number,
  ): void {
    this.#patch(at, FIELD_CONCURRENCY, step.concurrency ?? 0);
    if (step.fallback === undefined) return;
    this.#patch(at, FIELD_FALLBACK, 1);
    this.#steps(step.fallback, combine(salt, 0xfa11));
    this.#patch(at, FIELD_TARGET_PC, this.#next());
  }

  /** The query step as the code of this variant has it: itself, or one query an item. */
  #asDeployed(step: Extract<StepSpec, { kind: "query" }>): { readonly query: string; readonly repeat: RepeatSpec } {
    for (const effect of this.effects) {
      if (effect.kind === "query-per-item" && effect.store === step.store && effect.query === step.query)
        return { query: effect.perItemQuery, repeat: "basket" };
    }
    return { query: step.query, repeat: step.repeat };
  }

  #guarded(flag: FlagCondition | undefined, salt: number, body: () => void): void {
    if (flag === undefined) {
      body();
      return;
    }
    const fields = { [FIELD_FLAG]: this.resolver.flag(flag.name), [FIELD_FLAG_VALUE]: flag.is ? 1 : 0 };
    const guard = this.#emit(OP_FLAG, salt, fields);
    body();
    this.#patch(guard, FIELD_TARGET_PC, this.#next());
  }

  #talk(op: number, salt: number, target: StepTarget, repeat: RepeatSpec, optional: boolean): number {
    return this.#emit(op, salt, {
      [FIELD_DEPENDENCY]: target.dependency,
      [FIELD_SITE]: target.site,
      [FIELD_TARGET]: target.target,
      [FIELD_REPEAT]: repeat === "basket" ? REPEAT_BASKET : repeat,
      [FIELD_OPTIONAL]: optional ? 1 : 0,
      [FIELD_METRIC]: target.metric,
    });
  }

  #parallel(branches: readonly (readonly StepSpec[])[], cancel: number, salt: number): void {
    assert(
      branches.length <= BRANCHES_MAX,
      `${String(branches.length)} parallel branches, at most ${String(BRANCHES_MAX)} can be compiled`,
    );
    const start = this.#emit(OP_PARALLEL, salt, { [FIELD_BRANCH_COUNT]: branches.length + cancel });
    branches.forEach((steps, index) => {
      this.#patch(start, FIELD_BRANCHES + index, this.#next());
      this.#steps(steps, combine(salt, 0xb0 + index));
      this.#emit(OP_END, 0, {});
    });
    this.#patch(start, FIELD_TARGET_PC, this.#next());
  }

  #next(): number {
    return this.code.length >> INSTRUCTION_SHIFT;
  }

  #emit(op: number, salt: number, fields: Readonly<Record<number, number>>): number {
    const at = this.#next();
    const instruction = new Array<number>(1 << INSTRUCTION_SHIFT).fill(0);
    instruction[FIELD_OP] = op;
    instruction[FIELD_SALT] = salt;
    for (const [field, value] of Object.entries(fields)) instruction[Number(field)] = value;
    this.code.push(...instruction);
    return at;
  }

  #patch(instruction: number, field: number, value: number): void {
    this.code[(instruction << INSTRUCTION_SHIFT) + field] = value;
  }
}
