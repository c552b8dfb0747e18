/** An export of a run to another system, as whoever ordered it sees it. */

export interface ExportOrder {
  /** Address that batches are sent to. */
  readonly to: string;
  /** otlp-json, otlp-protobuf, remote-write or openmetrics. */
  readonly format: string;
  /** All that the format has where it is left out. */
  readonly signals?: readonly ("metrics" | "logs" | "traces")[];
  /** Goes on as the run does; otherwise it ends at the present. */
  readonly live?: boolean;
  /** Times by the wall clock: simulated now, when the export begins, is now. */
  readonly wall?: boolean;
  /** Sent along with every batch. Never told again. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ExportStatus {
  readonly id: string;
  readonly order: Omit<ExportOrder, "headers">;
  readonly state: "running" | "done" | "stopped" | "failed";
  /** Why it failed. */
  readonly error?: string;
  readonly batches: number;
  readonly bytes: number;
  /** Sent again because the receiver could not take it then. */
  readonly retries: number;
  /** Samples, lines and spans that were taken. */
  readonly sent: Readonly<Record<string, number>>;
  /** What was given up, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Simulated time up to which everything was sent, by signal. */
  readonly untilUs: Readonly<Record<string, number>>;
  /** What the receiver said last when it took nothing; undefined while all is well. */
  readonly waitingFor?: string;
}
