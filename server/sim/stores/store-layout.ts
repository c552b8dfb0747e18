/**
 * What of the databases has a number: tables, nodes (copies and parts, each with processors of its own), and by what a
 * statement is keyed. Made once for a model.
 */
import { below, combine, type DrawKey, mix, uniform } from "../../base/draw.js";
import type { Model, QueryModel, StoreModel } from "../../topology/model-types.js";
import { DEFAULT_ROWS_PER_PAGE, type RowKey, type StoreDetailSpec } from "../../topology/store-spec.js";
import type { RequestDraws } from "../request-draws.js";

const FOR_ROW = 210;
const FOR_HOT = 211;
const FOR_REPLICA = 212;
/** Row numbers of a table lie below this; its lock as a whole has the number of the table. */
const ROWS_OF_TABLE = 2 ** 33;
/** Rows that one statement locks at most; the rest of a very long list is left out. */
export const ROWS_LOCKED_MAX = 64;

export interface StoreTable {
  readonly index: number;
  readonly store: number;
  readonly id: string;
  /** 0 where the topology says nothing. */
  readonly rows: number;
  readonly rowsPerPage: number;
  /** First page of the table in the buffers of its store. */
  readonly pagesFrom: number;
  readonly pages: number;
}

/** Copies and parts of a store. */
export function nodesOf(spec: StoreDetailSpec): number {
  return (spec.shards ?? 1) + (spec.replicas?.count ?? 0);
}

/** Cores of one of them: parts share those of the store, copies have as many as it. */
export function coresOfNode(spec: StoreDetailSpec & { readonly cores: number }): number {
  return spec.cores / (spec.shards ?? 1);
}

export class StoreLayout {
  readonly tables: readonly StoreTable[];
  /** By query: its table; whether it locks rows; whether it writes. */
  readonly tableOf: Int32Array;
  readonly locksRows: Uint8Array;
  readonly writes: Uint8Array;
  readonly #keys: readonly RowKey[];
  readonly #scratch = new Float64Array(ROWS_LOCKED_MAX);

  constructor(
    readonly model: Model,
    readonly draws: RequestDraws,
  ) {
    const { stores, queries } = model;
    this.tables = stores.flatMap(tablesOf).map((table, index) => ({ ...table, index }));
    this.tableOf = Int32Array.from(queries, ({ store, spec }) =>
      this.tables.findIndex((table) => table.store === store && table.id === spec.table),
    );
    this.locksRows = Uint8Array.from(queries, ({ spec }) => (locksRows(spec) ? 1 : 0));
    this.writes = Uint8Array.from(queries, ({ spec }) => (spec.operation === "SELECT" && !locksRows(spec) ? 0 : 1));
    this.#keys = queries.map(({ spec }) => spec.key ?? usualKey(spec));
  }

  /** The node that works on a statement: the part that has its key, a replica, or the primary. */
  nodeFor(query: number, request: number, key: DrawKey, primary: number, replica: boolean, hotShare: number): number {
    const { shards = 1, replicas } = this.model.stores[this.model.queries[query].store].spec;
    if (shards > 1) {
      const row = this.rowKey(query, request, 0, hotShare);
      return below(mix(combine(row | 0, this.tableOf[query])), shards);
    }
    if (!replica || replicas === undefined) return primary;
    const chosen = below(combine(key, FOR_REPLICA), replicas.count);
    return chosen < primary ? chosen : chosen + 1;
  }

  /** The n-th row that a request names: of its product (further ones are drawn), its user, or a row of its own. */
  rowKey(query: number, request: number, ordinal: number, hotShare: number): number {
    if (this.isHot(request, hotShare)) return ordinal;
    const kind = this.#keys[query];
    if (kind === "user") return this.draws.userOf(request);
    if (kind === "request") return request;
    if (ordinal === 0) return this.draws.productOf(request);
    return this.draws.products.rankAt(uniform(combine(this.draws.keyOf(request), FOR_ROW + ordinal)));
  }

  /** Whether the request is about the hot key. */
  isHot(request: number, hotShare: number): boolean {
    return hotShare > 0 && uniform(combine(this.draws.keyOf(request), FOR_HOT)) < hotShare;
  }

  /** Rows that the statement locks, at most ROWS_LOCKED_MAX. */
  rowsLocked(query: QueryModel, request: number, hot: boolean): number {
    if (this.locksRows[query.index] === 0) return hot ? 1 : 0;
    const rows = query.rows < 0 ? this.draws.basketOf(request) : query.rows;
    return Math.min(rows, ROWS_LOCKED_MAX);
  }

  tableLock(table: number): number {
    return table;
  }

  /** Name of the lock of the n-th of `count` rows, in the order in which the statement takes them. */
  rowLock(query: QueryModel, request: number, ordinal: number, count: number, hotShare: number): number {
    return this.rowLockOf(this.tableOf[query.index], this.#nthRow(query, request, ordinal, count, hotShare));
  }

  rowLockOf(table: number, row: number): number {
    return (table + 1) * ROWS_OF_TABLE + row;
  }

  isRowLock(name: number): boolean {
    return name >= ROWS_OF_TABLE;
  }

  tableOfLock(name: number): number {
    return this.isRowLock(name) ? Math.floor(name / ROWS_OF_TABLE) - 1 : name;
  }

  /** Page of the buffers that has the row of the request; tables without declared rows have none (−1). */
  pageOf(query: number, request: number, hotShare: number): number {
    const { pages, pagesFrom, index } = this.tables[this.tableOf[query]];
    if (pages === 0) return -1;
    const row = this.rowKey(query, request, 0, hotShare);
    return pagesFrom + ((mix(combine(row | 0, index)) >>> 0) % pages);
  }

  pagesOf(store: number): number {
    return this.tables.filter((table) => table.store === store).reduce((sum, { pages }) => sum + pages, 0);
  }

  #nthRow(query: QueryModel, request: number, ordinal: number, count: number, hotShare: number): number {
    if (count === 1 || query.spec.unordered === true) return this.rowKey(query.index, request, ordinal, hotShare);
    const rows = this.#scratch.subarray(0, count);
    for (let index = 0; index < count; index++) rows[index] = this.rowKey(query.index, request, index, hotShare);
    return rows.sort()[ordinal];
  }
}

function tablesOf(store: StoreModel): readonly Omit<StoreTable, "index">[] {
  const names = [...new Set(store.spec.queries.map(({ table }) => table))];
  let pagesFrom = 0;
  return names.map((id) => {
    const declared = store.spec.tables?.find((table) => table.id === id);
    const rows = declared?.rows ?? 0;
    const rowsPerPage = declared?.rowsPerPage ?? DEFAULT_ROWS_PER_PAGE;
    const pages = Math.ceil(rows / rowsPerPage);
    const table = { store: store.index, id, rows, rowsPerPage, pagesFrom, pages };
    pagesFrom += pages;
    return table;
  });
}

const locksRows = ({ locksRows: declared, operation, statement }: QueryModel["spec"]): boolean =>
  declared ?? (operation === "UPDATE" || operation === "DELETE" || /for\s+(no\s+key\s+)?update/i.test(statement));

/** What a statement is about where nothing is said: a new row, the user that it names, or a product. */
function usualKey({ operation, statement }: QueryModel["spec"]): RowKey {
  if (operation === "INSERT") return "request";
  return /user|session/i.test(statement) ? "user" : "product";
}
