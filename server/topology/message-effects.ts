/** Effects of faults on queues and on external parties. */
export type MessageEffect =
  /** Share of the consumers of a queue that are left. */
  | { readonly kind: "consumers-left"; readonly queue: string; readonly share: number }
  /** Share of messages that cannot be processed: because of what is in them, or because of the consumer as it is now. */
  | {
      readonly kind: "poison-messages";
      readonly queue: string;
      readonly ratio: number;
      readonly origin: "producer" | "consumer";
    }
  /** Share of acknowledgements that do not reach the broker. */
  | { readonly kind: "acknowledgements-lost"; readonly queue: string; readonly ratio: number }
  /** Messages that are not acknowledged after so long are handed out again. */
  | { readonly kind: "visibility-timeout"; readonly queue: string; readonly timeoutUs: number }
  /** The party lets so many requests a second pass and refuses, delays or ignores the others. */
  | {
      readonly kind: "party-limit";
      readonly external: string;
      readonly perSecond: number;
      readonly over: "refuse" | "delay" | "ignore";
    };
