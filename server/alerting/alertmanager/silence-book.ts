/** Silences with their matchers compiled: which of them keep an alert quiet at an instant. Source: alertmanager/silence/silence.go. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { Silence, Silences } from "../../sim/observability/silences.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { SilenceSource } from "./alertmanager.js";
import { labelTest, type LabelTest } from "./label-matchers.js";

export type SilenceState = "pending" | "active" | "expired";

export class SilenceBook implements SilenceSource {
  private readonly tests = new WeakMap<Silence, LabelTest>();

  /** `silences` is asked each time: a living world may go on from a stored state. */
  constructor(private readonly silences: () => Pick<Silences, "list">) {}

  get list(): readonly Silence[] {
    return this.silences().list;
  }

  silencedBy(labels: Labels, atMs: number): readonly string[] {
    return this.matching(labels, atMs * MICROS_PER_MS).map(({ id }) => id);
  }

  /** When the last silence of such an alert ends that is in force at `atUs`; undefined when none is. */
  untilUs(labels: Labels, atUs: number): number | undefined {
    const ends = this.matching(labels, atUs).map(({ untilUs }) => untilUs);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  matches(silence: Silence, labels: Labels): boolean {
    let test = this.tests.get(silence);
    if (test === undefined) this.tests.set(silence, (test = labelTest(silence.matchers)));
    return test(labels);
  }

  private matching(labels: Labels, atUs: number): readonly Silence[] {
    return this.list.filter((silence) => stateOf(silence, atUs) === "active" && this.matches(silence, labels));
  }
}

export function stateOf({ fromUs, untilUs }: Silence, atUs: number): SilenceState {
  if (atUs >= untilUs) return "expired";
  return atUs < fromUs ? "pending" : "active";
}
