/** Whether consumers can do their work in the time that the queue gives them. */
import type { Topology } from "../topology/types.js";
import { meanProcessingUs } from "./capacity.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";

/** A time-out of so many times the mean time of the work is missed by chance only. */
const TIMELY = 2;

/** A message that is taken back before it can have been processed goes round for ever. */
export function reportProcessingTimes(topology: Topology, report: Report): void {
  const means = meanProcessingUs(topology);
  topology.queues.forEach(({ id, delivery, partitions }, index) => {
    const limits: readonly (readonly [ValuePath, number])[] = [
      [["delivery", "visibilityTimeout"], delivery?.visibilityTimeout ?? 0],
      [["partitions", "maxPollInterval"], partitions?.maxPollInterval ?? 0],
    ];
    for (const [path, limitUs] of limits) {
      if (limitUs === 0 || limitUs >= TIMELY * means[index]) continue;
      report(["queues", id, ...path], {
        message: `processing a message takes ${String(Math.round(means[index] / 1_000))} ms on average: most are taken back before they are done`,
        hint: "give the consumers several times as long",
      });
    }
  });
}
