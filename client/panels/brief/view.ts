/** The page as the one on call gets it: what fired, since when, the runbook; and three equal places to start from. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Page } from "../../../server/wire/run.js";
import { formatAgo, formatClock, formatDurationUs } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/markdown.js";
import { pivotValue, serviceValue, timeValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./tool-access.js";
import { tidyQuery } from "../metrics/query-text.js";

const STARTS: readonly {
  readonly view: string;
  readonly icon: string;
  readonly title: string;
  readonly text: string;
}[] = [
  {
    view: "alerts",
    icon: "bell",
    title: "From the alert",
    text: "What fires, what is about to, and the query behind it.",
  },
  { view: "slo", icon: "target", title: "From the users", text: "How fast the error budget burns, and for whom." },
  { view: "map", icon: "map", title: "From the system", text: "Which parts answer differently than an hour ago." },
];

const REFRESH_MS = 5_000;

@customElement("fd-view-brief")
export class BriefView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @state() private refusal: string | undefined;
  private readonly page = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.run.state],
    run: (signal) => this.run.queries.page(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  private readonly alerts = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.run.state, this.run.store.snapshot.historyProgress >= 1],
    run: (signal) => this.run.queries.alerts(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { snapshot } = this.run.store;
    const page = this.page.value ?? snapshot.page;
    return html`<article>
      <h1>${snapshot.run.scenarioTitle}</h1>
      ${snapshot.run.state === "briefing" ? this.briefing() : nothing}
      ${
        page === undefined
          ? html`<fd-empty-state heading="Nothing has paged yet"
              >The page comes when an alert fires; the clock has to run.
              <a href=${this.url.href("alerts")}>How near rules are</a></fd-empty-state
            >`
          : this.paged(page)
      }
      <section class="beside" aria-labelledby="starts">
        <h2 id="starts">Where to begin</h2>
        <ul>
          ${STARTS.map(
            ({ view, icon: name, title, text }) =>
              html`<li>
                <a href=${this.url.href(view)}
                  >${icon(name)}<span><b>${title}</b><span class="soft">${text}</span></span></a
                >
              </li>`,
          )}
        </ul>
      </section>
      <fd-tool-access></fd-tool-access>
    </article>`;
  }

  private briefing(): TemplateResult {
    const { clock, startsAtUs } = this.run.store.snapshot;
    return html`<div class="start">
      <button class="primary" @click=${() => void this.start()}>${icon("play", 12)}Start the clock</button>
      <span class="soft"
        >It is ${formatClock(startsAtUs)} UTC. You have ${formatDurationUs(clock.endsAtUs - startsAtUs)} of simulated
        time; look around first if you like.</span
      >
      ${this.refusal === undefined ? nothing : html`<span class="critical" role="alert">${this.refusal}</span>`}
    </div>`;
  }

  private paged(page: Page): TemplateResult {
    const level = page.severity === "critical" || page.severity === "page" ? "critical" : "warning";
    const acknowledged = this.run.store.snapshot.acknowledgedAlerts.includes(page.alert);
    const live = this.run.store.snapshot.run.state === "investigating";
    const expr = tidyQuery(page.expr);
    return html`<section class="page" aria-label="The page">
        <div class="row">
          <span class="tag ${level}">${icon(level, 13)}${page.severity}</span>
          <h2>${pivotValue("alert", page.alert, { service: page.service })}</h2>
          ${serviceValue(page.service, { atUs: page.firingSinceUs })}
        </div>
        <p class="summary">
          ${page.summary} <span class="soft small">(as of ${formatClock(page.firingSinceUs)})</span>
        </p>
        <p class="soft">${this.firing(page)}</p>
        <pre tabindex="0" role="group" aria-label="Expression of the alert"><code>${breakable(expr)}</code></pre>
        <div class="row">
          <a href=${this.url.href("metrics", { query: expr })}>${icon("chart", 14)} Open the rule in Metrics</a>
          ${
            acknowledged
              ? html`<span class="soft">${icon("check", 14)} Acknowledged</span>`
              : html`<button
                  title=${live ? nothing : "While the clock stands nobody acts: start it, or let it go on"}
                  ?disabled=${!live}
                  @click=${() => void this.run.store.send({ kind: "acknowledge", alert: page.alert })}
                >
                  Acknowledge
                </button>`
          }
        </div>
      </section>
      <section class="runbook" aria-labelledby="runbook">
        <h2 id="runbook">Runbook</h2>
        <fd-markdown heading-level="3" .text=${page.runbook}></fd-markdown>
      </section>`;
  }

  /** A page outlives its alert: what is over is said to be over. */
  private firing(page: Page): TemplateResult {
    const ago = (atUs: number): string => formatAgo(atUs, this.run.store.nowUs());
    const history = this.alerts.value?.rules.find(({ name }) => name === page.alert)?.history ?? [];
    const since = timeValue(page.firingSinceUs, { service: page.service });
    const last = history.at(-1);
    if (last === undefined || last.state === "firing" || last.atUs <= page.firingSinceUs)
      return html`Firing since ${since} UTC, ${ago(page.firingSinceUs)}.`;
    return html`Fired at ${since} UTC; ${last.state === "pending" ? "pending again" : "resolved"} since
    ${timeValue(last.atUs, { service: page.service })} UTC, ${ago(last.atUs)}.`;
  }

  private async start(): Promise<void> {
    const answer = await this.run.store.send({ kind: "start" });
    this.refusal = answer.ok ? undefined : answer.error.message;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      :host {
        container-type: inline-size;
      }
      article {
        padding: var(--space-5) var(--space-4);
        display: grid;
        grid-template-columns: minmax(0, 820px);
        gap: var(--space-5);
        align-content: start;
      }
      /* The ways on stand beside the page where there is room, not under a long runbook. */
      @container (min-width: 1080px) {
        article {
          grid-template-columns: minmax(0, 820px) minmax(280px, 400px);
          column-gap: var(--space-6);
        }
        h1,
        .start,
        .page,
        .runbook,
        fd-empty-state,
        fd-tool-access {
          grid-column: 1;
        }
        .beside {
          grid-column: 2;
          grid-row: 1 / span 6;
          padding-block-start: 44px;
        }
      }
      .start {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-3);
        align-items: center;
      }
      .page {
        display: grid;
        gap: var(--space-2);
        padding-inline-start: var(--space-4);
        border-inline-start: 3px solid var(--line-strong);
      }
      .summary {
        font-size: var(--text-l);
      }
      pre {
        margin: 0;
        padding: var(--space-2);
        background: var(--surface-2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      section > h2 {
        margin-block-end: var(--space-2);
      }
      .row h2 {
        margin: 0;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        border-block-start: 1px solid var(--line);
      }
      li a {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        padding: var(--space-2) var(--space-1);
        border-block-end: 1px solid var(--line);
        color: var(--ink);
      }
      li a:hover {
        background: var(--surface-2);
        text-decoration: none;
      }
      li b {
        display: block;
        font-weight: 500;
      }
    `,
  ];
}

/** A query may break behind commas and brackets, rather than within a name. */
const breakable = (query: string): readonly TemplateResult[] =>
  query.split(/(?<=[,({])/).map((part) => html`${part}<wbr />`);

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-brief": BriefView;
  }
}
