/** Effects of faults on databases. */
export type StoreEffect =
  /** The query reads so many rows of its table, because it has no index or the planner takes none. */
  | {
      readonly kind: "query-scan";
      readonly store: string;
      readonly query: string;
      readonly rows: number;
      readonly rowsPerSecond: number;
    }
  /** Somebody holds locks of the most popular rows, or changes the table's form behind an open transaction. */
  | {
      readonly kind: "locks-held";
      readonly store: string;
      readonly table: string;
      readonly what: "rows" | "table";
      readonly rows: number;
      readonly durationUs: number;
    }
  /** A share of requests is about one key; statements of a named query lock its row and hold it a while longer. */
  | {
      readonly kind: "hot-key";
      readonly store: string;
      readonly query: string | undefined;
      readonly share: number;
      readonly holdUs: number;
    }
  /** Replicas take over this share of what they otherwise could. */
  | { readonly kind: "replication-slow"; readonly store: string; readonly share: number }
  /** Reads of the query come from a replica that is this much behind. */
  | { readonly kind: "replica-lag"; readonly store: string; readonly query: string; readonly lagUs: number }
  /** The primary dies, and what comes after that. */
  | {
      readonly kind: "store-crash";
      readonly store: string;
      readonly outcome: "succeeds" | "fails" | "read-only";
      readonly downUs: number | undefined;
      readonly coldFactor: number;
      readonly coldUs: number;
    };
