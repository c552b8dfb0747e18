/** Alert rules whose threshold somebody has changed, by the instant from which that holds. */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

/** New expressions by the name of the rule. */
export type RuleExpressions = Readonly<Record<string, string>>;

const UNCHANGED: RuleExpressions = {};

export class RuleChanges implements Checkpointed {
  readonly #steps: { readonly fromUs: number; readonly expressions: RuleExpressions }[] = [];
  #next: Record<string, string> = {};

  /** Puts back what faults have moved. */
  reset(): void {
    this.#next = {};
  }

  move(alert: string, expression: string): void {
    this.#next[alert] = expression;
  }

  commit(nowUs: number): void {
    const last = this.#steps.at(-1)?.expressions ?? UNCHANGED;
    if (JSON.stringify(last) === JSON.stringify(this.#next)) return;
    this.#steps.push({ fromUs: nowUs, expressions: this.#next });
  }

  at(atUs: number): RuleExpressions {
    return this.#steps.findLast(({ fromUs }) => fromUs <= atUs)?.expressions ?? UNCHANGED;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.json([this.#steps, this.#next]);
  }

  restore(reader: StateReader): void {
    reader.section();
    const [steps, next] = reader.json() as [
      { readonly fromUs: number; readonly expressions: RuleExpressions }[],
      Record<string, string>,
    ];
    this.#steps.splice(0, Infinity, ...steps);
    this.#next = next;
  }
}
