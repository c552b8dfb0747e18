/** What the editor's completion and lint know of the metrics: asked from the run's own world, remembered for a while. */
import type { PrometheusClient } from "@prometheus-io/codemirror-promql/dist/esm/client/prometheus.js";
import type { PrometheusParameters, RunQueries } from "../../net/api.js";

type Metadata = Record<string, { type: string; help: string }[]>;
interface LabelMatcher {
  readonly name: string;
  readonly value: string;
  matchesEmpty(): boolean;
}

/** New series appear with every scrape; older answers than this are asked again. */
const KEEP_MS = 30_000;

/** A `PrometheusClient` of codemirror-promql. A question that fails gives no completions rather than an error. */
export class CompletionClient implements PrometheusClient {
  private readonly answers = new Map<string, { readonly atMs: number; readonly data: Promise<unknown> }>();

  constructor(
    private readonly queries: RunQueries,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  labelNames(metricName?: string): Promise<string[]> {
    return this.ask("labels", selector(metricName), []);
  }

  labelValues(labelName: string, metricName?: string, matchers?: readonly LabelMatcher[]): Promise<string[]> {
    return this.ask(`label/${encodeURIComponent(labelName)}/values`, selector(metricName, labelName, matchers), []);
  }

  metricMetadata(): Promise<Metadata> {
    return this.ask("metadata", {}, {});
  }

  async series(
    metricName: string,
    matchers?: readonly LabelMatcher[],
    labelName?: string,
  ): Promise<Map<string, string>[]> {
    const found = await this.ask<readonly Record<string, string>[]>(
      "series",
      selector(metricName, labelName, matchers),
      [],
    );
    return found.map((labels) => new Map(Object.entries(labels)));
  }

  metricNames(): Promise<string[]> {
    return this.labelValues("__name__");
  }

  flags(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  private ask<Data>(endpoint: string, parameters: PrometheusParameters, otherwise: Data): Promise<Data> {
    const key = `${endpoint}?${JSON.stringify(parameters)}`;
    const known = this.answers.get(key);
    if (known !== undefined && this.nowMs() - known.atMs < KEEP_MS) return known.data as Promise<Data>;
    const data = this.queries.prometheus(endpoint, parameters).then(
      (answer) => answer.data as Data,
      () => {
        this.answers.delete(key);
        return otherwise;
      },
    );
    this.answers.set(key, { atMs: this.nowMs(), data });
    return data;
  }
}

/** `match[]` for a metric and the other labels that are already typed; nothing where neither is known. */
function selector(metricName = "", except?: string, matchers: readonly LabelMatcher[] = []): PrometheusParameters {
  const others = matchers.filter((matcher) => matcher.name !== except && !matcher.matchesEmpty());
  if (metricName === "" && others.length === 0) return {};
  const inner = others.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(",");
  return { "match[]": [`${metricName}{${inner}}`] };
}
