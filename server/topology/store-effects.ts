/** Effects of faults on stores. */
export type StoreEffect =
  /** Statements cost this many times as much: a plan that reads more than it needs. Undefined is all of the store. */
  | {
      readonly kind: "query-cost";
      readonly store: string;
      readonly query: string | undefined;
      readonly cpuFactor: number;
      readonly ioFactor: number;
    }
  /** Something holds a lock on the table that every statement on it has to wait for. */
  | { readonly kind: "table-locked"; readonly store: string; readonly table: string }
  /** A share of the executions of a statement updates one and the same row, each holding it for a while longer. */
  | {
      readonly kind: "hot-row";
      readonly store: string;
      readonly query: string;
      readonly ratio: number;
      readonly holdUs: number;
    }
  /** The primary is lost: nobody is served until another one is promoted, whose memory is cold. */
  | {
      readonly kind: "store-failover";
      readonly store: string;
      readonly downUs: number;
      readonly coldFactor: number;
      readonly coldUs: number;
      /** The promoted one refuses writes. */
      readonly readOnly: boolean;
    }
  /** Reads of the statement come from a replica that is this much behind. */
  | { readonly kind: "replica-lag"; readonly store: string; readonly query: string; readonly lagUs: number };
