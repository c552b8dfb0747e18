/** Attributes of traces and their values, from the run's own Tempo: what completions and chips offer. */
import type { TraceqlKnowledge } from "./traceql-language.js";
import type { RunQueries } from "../../net/api.js";

/** New values come while the run goes on; older answers than this are asked again, ms. */
const KEEP_MS = 30_000;
const VALUES_MAX = "200";

/** A question that fails has no answers rather than an error. */
export class TraceTags implements TraceqlKnowledge {
  private readonly answers = new Map<string, { readonly atMs: number; readonly values: Promise<readonly string[]> }>();

  constructor(
    private readonly queries: RunQueries,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  attributes(): Promise<readonly string[]> {
    return this.kept("", async () => (await this.queries.traceVocabulary()).attributes);
  }

  values(field: string): Promise<readonly string[]> {
    return this.kept(field, async () => {
      const endpoint = `v2/search/tag/${encodeURIComponent(field)}/values`;
      const { tagValues = [] } = await this.queries.tempo(endpoint, { limit: VALUES_MAX });
      return tagValues.map(({ type, value }) => (type === "string" ? JSON.stringify(value) : value));
    });
  }

  private kept(key: string, ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const known = this.answers.get(key);
    if (known !== undefined && this.nowMs() - known.atMs < KEEP_MS) return known.values;
    const values = ask().catch(() => []);
    this.answers.set(key, { atMs: this.nowMs(), values });
    return values;
  }
}
