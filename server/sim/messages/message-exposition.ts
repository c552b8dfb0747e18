/** What the exporters of brokers show of a queue that says how it delivers. */
import type { DeliveryMetrics } from "../../topology/message-layout.js";
import type { Messaging } from "../messaging.js";

export function exposeDelivery(
  values: Float64Array,
  from: number,
  metrics: DeliveryMetrics,
  { queues, state, model, deliveries }: Messaging,
  queue: number,
): void {
  const set = (offset: number, value: number): void => {
    if (offset >= 0) values[from + offset] = value;
  };
  const { flow } = queues;
  const { groups, rules } = deliveries;
  const members = groups.has[queue] === 1 ? groups.members(queue) : state.upCount[model.queues[queue].consumerService];
  set(metrics.rebalances, groups.rebalances[queue]);
  set(metrics.ready, queues.waiting[queue]);
  set(metrics.unacknowledged, flow.unacknowledged[queue]);
  set(metrics.consumers, rules.paused[queue] === 1 ? 0 : members);
  set(metrics.dead, queues.dead(queue));
  metrics.lag.forEach((offset, partition) => {
    const lane = queues.laneFrom[queue] + partition;
    const inHand =
      groups.has[queue] === 0 ? flow.unacknowledged[queue] + flow.delayed[queue] : groups.held[lane] < 0 ? 0 : 1;
    const lag = queues.ready(lane) + inHand;
    set(offset, lag);
    set(metrics.written[partition], queues.lanePublished[lane]);
    set(metrics.taken[partition], queues.lanePublished[lane] - lag);
  });
}
