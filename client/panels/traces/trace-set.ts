/** `<fd-trace-set>`: the traces found, or those in the box, as one: their critical path, or what differs from another set. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { TraceSetAnswer, TraceSetFigures } from "../../../server/wire/traces.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./set-difference.js";
import "./set-path.js";
import { baselineSetOf, chosenSetOf, groupingOf, traceTabOf } from "./trace-sets.js";
import "./traceql-findings.js";
import { queryIn } from "./traces-query.js";

@customElement("fd-trace-set")
export class TraceSet extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly chosen = new QueryController<TraceSetAnswer | undefined>(this, {
    key: () => (this.run === undefined ? undefined : chosenSetOf(this.read, this.time.window())),
    run: async (signal) => this.run?.queries.traceSet(chosenSetOf(this.read, this.time.window()), signal),
  });
  private readonly baseline = new QueryController<TraceSetAnswer | undefined>(this, {
    key: () => (this.run === undefined || this.isPath ? undefined : baselineSetOf(this.read, this.time.window())),
    run: async (signal) => this.run?.queries.traceSet(baselineSetOf(this.read, this.time.window()), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  /** Of the set; undefined until the answer is there. */
  get figures(): TraceSetFigures | undefined {
    return figuresOf(this.chosen.value);
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private get isPath(): boolean {
    return traceTabOf(this.read) === "path";
  }

  override render(): TemplateResult {
    const answers = this.isPath ? [this.chosen] : [this.chosen, this.baseline];
    const error = answers.find((answer) => answer.error !== undefined)?.error;
    const wrong = answers.map(({ value }) => value).find((value) => value?.kind === "wrong");
    if (error !== undefined) return html`<fd-error-notice .error=${error}></fd-error-notice>`;
    if (wrong?.kind === "wrong") {
      return html`<fd-traceql-findings .query=${queryIn(this.read)} .findings=${wrong.findings}></fd-traceql-findings>`;
    }
    if (answers.some(({ value }) => value === undefined))
      return html`<p class="soft" role="status">Walking the paths…</p>`;
    if (this.isPath) {
      return html`<fd-trace-set-path
        .figures=${this.figures}
        .by=${groupingOf(this.read)}
        .subject=${this.read("sel") === undefined ? "the traces found" : "the traces in the box"}
      ></fd-trace-set-path>`;
    }
    return html`<fd-trace-set-difference
      .selection=${this.figures}
      .baseline=${figuresOf(this.baseline.value)}
    ></fd-trace-set-difference>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      fd-trace-set-path,
      fd-trace-set-difference {
        flex: 1;
        min-height: 220px;
      }
    `,
  ];
}

const figuresOf = (answer: TraceSetAnswer | undefined): TraceSetFigures | undefined =>
  answer?.kind === "found" ? answer : undefined;

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-set": TraceSet;
  }
}
