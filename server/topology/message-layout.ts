/** Series of a queue that says how it delivers, under the names of the exporters of RabbitMQ and of Kafka. */
import type { MetricMetadata } from "../sim/metric-sink.js";
import type { SeriesLayoutBuilder } from "./series-layout.js";
import type { QueueSpec } from "./types.js";

/** Offsets; −1 where the engine has no such series. */
export interface DeliveryMetrics {
  readonly ready: number;
  readonly unacknowledged: number;
  readonly consumers: number;
  readonly redelivered: number;
  readonly acknowledged: number;
  /** Messages among the dead letters. */
  readonly dead: number;
  /** By partition, of Kafka only: messages behind, messages taken, messages written. */
  readonly lag: readonly number[];
  readonly taken: readonly number[];
  readonly written: readonly number[];
  readonly rebalances: number;
}

const NONE: DeliveryMetrics = {
  ready: -1,
  unacknowledged: -1,
  consumers: -1,
  redelivered: -1,
  acknowledged: -1,
  dead: -1,
  lag: [],
  taken: [],
  written: [],
  rebalances: -1,
};

/** Name of the queue that holds the dead letters of another. */
const deadLettersOf = (id: string): string => `${id}.dead-letters`;

export function deliveryMetrics(layout: SeriesLayoutBuilder, spec: QueueSpec): DeliveryMetrics | undefined {
  if (spec.delivery === undefined && spec.partitions === undefined) return undefined;
  return spec.engine === "kafka" ? kafkaMetrics(layout, spec) : rabbitMetrics(layout, spec);
}

function rabbitMetrics(layout: SeriesLayoutBuilder, { id, delivery }: QueueSpec): DeliveryMetrics {
  const queue = { queue: id };
  return {
    ...NONE,
    ready: layout.gauge("rabbitmq_queue_messages_ready", queue),
    unacknowledged: layout.gauge("rabbitmq_queue_messages_unacked", queue),
    consumers: layout.gauge("rabbitmq_queue_consumers", queue),
    redelivered: layout.counter("rabbitmq_queue_messages_redelivered_total", queue),
    acknowledged: layout.counter("rabbitmq_queue_messages_ack_total", queue),
    dead:
      delivery?.deadLetters === undefined
        ? -1
        : layout.gauge("rabbitmq_queue_messages_ready", { queue: deadLettersOf(id) }),
  };
}

function kafkaMetrics(layout: SeriesLayoutBuilder, { id, consumer, delivery, partitions }: QueueSpec): DeliveryMetrics {
  const group = { consumergroup: consumer.service };
  const each = (name: string, labels: Readonly<Record<string, string>>): readonly number[] =>
    Array.from({ length: partitions?.count ?? 1 }, (_, partition) =>
      layout.gauge(name, { ...labels, topic: id, partition: String(partition) }),
    );
  return {
    ...NONE,
    lag: each("kafka_consumergroup_lag", group),
    taken: each("kafka_consumergroup_current_offset", group),
    written: each("kafka_topic_partition_current_offset", {}),
    consumers: layout.gauge("kafka_consumergroup_members", { ...group, topic: id }),
    rebalances: layout.counter("kafka_consumer_rebalance_total", { ...group, topic: id }),
    dead:
      delivery?.deadLetters === undefined
        ? -1
        : layout.gauge("kafka_consumergroup_lag", { ...group, topic: deadLettersOf(id), partition: "0" }),
  };
}

const describe = (type: MetricMetadata["type"], name: string, help: string): MetricMetadata => ({
  name,
  type,
  unit: "",
  help,
});

export const MESSAGE_METADATA: readonly MetricMetadata[] = [
  describe("gauge", "rabbitmq_queue_messages_ready", "Messages that can be delivered to consumers."),
  describe("gauge", "rabbitmq_queue_messages_unacked", "Messages that were delivered and are not acknowledged yet."),
  describe("gauge", "rabbitmq_queue_consumers", "Consumers of the queue."),
  describe("counter", "rabbitmq_queue_messages_redelivered_total", "Deliveries of messages that had been delivered."),
  describe("counter", "rabbitmq_queue_messages_ack_total", "Messages that consumers have acknowledged."),
  describe("gauge", "kafka_consumergroup_lag", "Messages of the partition that the group has not committed yet."),
  describe("gauge", "kafka_consumergroup_current_offset", "Offset that the group has committed, by partition."),
  describe("gauge", "kafka_topic_partition_current_offset", "Offset of the newest message, by partition."),
  describe("gauge", "kafka_consumergroup_members", "Members of the group."),
  describe("counter", "kafka_consumer_rebalance_total", "Times that the group has divided its partitions anew."),
];
