/** What the metrics server of a world did not get to see, by target and minute: the plant's own kind of impact. */
import { MICROS_PER_MINUTE } from "../base/time.js";
import type { ScrapeResult } from "../sim/metric-sink.js";

interface ComponentScrapes {
  scrapes: number;
  failed: number;
  durationSecondsMax: number;
}

export interface ScrapeFigures {
  readonly component: string;
  readonly scrapes: number;
  readonly failed: number;
  readonly durationSecondsMax: number;
}

export class SightLoss {
  readonly #failed: number[] = [];
  /** By component and minute. */
  readonly #scrapes = new Map<string, ComponentScrapes[]>();

  constructor(
    readonly fromUs: number,
    readonly metricsServer: string,
  ) {}

  hear({ target, atUs, ok, durationSeconds }: ScrapeResult): void {
    const minute = Math.max(0, Math.floor((atUs - this.fromUs) / MICROS_PER_MINUTE));
    let minutes = this.#scrapes.get(target.component);
    if (minutes === undefined) this.#scrapes.set(target.component, (minutes = []));
    const entry = (minutes[minute] ??= { scrapes: 0, failed: 0, durationSecondsMax: 0 });
    entry.scrapes++;
    entry.durationSecondsMax = Math.max(entry.durationSecondsMax, durationSeconds);
    if (ok) return;
    entry.failed++;
    this.#failed[minute] = (this.#failed.at(minute) ?? 0) + 1;
  }

  /** Failed scrapes of all targets in each of the first `minutes` minutes. */
  failedPerMinute(minutes: number): number[] {
    return Array.from({ length: minutes }, (_, minute) => this.#failed.at(minute) ?? 0);
  }

  /** Sums from an instant on, for every component but the metrics server itself. */
  figuresFrom(fromUs: number): readonly ScrapeFigures[] {
    const first = Math.max(0, Math.floor((fromUs - this.fromUs) / MICROS_PER_MINUTE));
    return [...this.#scrapes].flatMap(([component, minutes]) =>
      component === this.metricsServer ? [] : [sumOf(component, minutes.slice(first))],
    );
  }
}

function sumOf(component: string, minutes: readonly (ComponentScrapes | undefined)[]): ScrapeFigures {
  let scrapes = 0;
  let failed = 0;
  let durationSecondsMax = 0;
  for (const minute of minutes) {
    scrapes += minute?.scrapes ?? 0;
    failed += minute?.failed ?? 0;
    durationSecondsMax = Math.max(durationSecondsMax, minute?.durationSecondsMax ?? 0);
  }
  return { component, scrapes, failed, durationSecondsMax };
}
