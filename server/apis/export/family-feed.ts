/** Samples metric by metric, as the text of OpenMetrics has to have them: all of one family before the next. */
import { METADATA_BY_NAME } from "../../alerting/scraped-metadata.js";
import { LimitError } from "../../base/limit-error.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { emptyWindow } from "../../query/promql/samples.js";
import { type SeriesRef, STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { ApiWorld } from "../api-world.js";
import { EVERY_SERIES } from "../otlp/otlp.js";
import type { ExposedSample } from "../prometheus/exposition-text.js";
import type { FeedBounds, Taken } from "./batch.js";

/** Samples of one family: about 400 MB of text. */
export const FAMILY_SAMPLES_MAX = 3_000_000;

const SUFFIX = /_(?:bucket|sum|count)$/;

export class FamilyFeed {
  #families: (readonly [name: string, refs: readonly SeriesRef[]])[] | undefined;
  #sent: string | undefined;

  constructor(
    readonly bounds: FeedBounds,
    readonly aheadMs: number,
    readonly familySamplesMax = FAMILY_SAMPLES_MAX,
    /** The last family that another session had sent. */
    resumed?: string,
  ) {
    this.#sent = resumed;
  }

  mark(): string | undefined {
    return this.#sent;
  }

  take(world: ApiWorld, itemsMax: number): Taken<readonly ExposedSample[]> {
    const sent = this.#sent;
    const families = (this.#families ??= familiesOf(world).filter(([name]) => sent === undefined || name > sent));
    const content: ExposedSample[] = [];
    while (content.length < itemsMax) {
      const family = families.shift();
      if (family === undefined) break;
      const before = content.length;
      for (const ref of family[1]) this.#append(world, ref, content, before);
      this.#sent = family[0];
    }
    return {
      content,
      items: content.length,
      more: families.length > 0,
      untilUs: Math.min(world.nowUs, this.bounds.untilUs),
    };
  }

  #append({ metrics, nowUs }: ApiWorld, ref: SeriesRef, into: ExposedSample[], before: number): void {
    const window = emptyWindow();
    const { fromUs, untilUs } = this.bounds;
    metrics.window(ref, fromUs / MICROS_PER_MS - 1, Math.min(nowUs, untilUs) / MICROS_PER_MS, window);
    const labels = metrics.labels(ref);
    for (let index = window.from; index < window.to; index++) {
      const value = window.values[index];
      // The text has no word for the end of a series: whoever reads it sees no more samples.
      if (value !== STALE_MARKER)
        into.push({ labels, value, timeMs: Math.round(window.timesMs[index] + this.aheadMs) });
    }
    if (into.length - before <= this.familySamplesMax) return;
    const remedy = "Export less time, or by OTLP.";
    throw new LimitError("samples of a metric in an export", this.familySamplesMax, into.length - before, remedy);
  }
}

/** Series by metric, those of a histogram together; families in order of name. */
function familiesOf({ metrics }: ApiWorld): [name: string, refs: readonly SeriesRef[]][] {
  const families = new Map<string, SeriesRef[]>();
  for (const ref of metrics.select(EVERY_SERIES)) {
    const name = metrics.labels(ref)["__name__"];
    const base = name.replace(SUFFIX, "");
    const family = !METADATA_BY_NAME.has(name) && METADATA_BY_NAME.get(base)?.type === "histogram" ? base : name;
    const refs = families.get(family);
    if (refs === undefined) families.set(family, [ref]);
    else refs.push(ref);
  }
  return [...families].sort(([a], [b]) => (a < b ? -1 : 1));
}
