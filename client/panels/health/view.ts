/**
 * Health: every process of every service, where it runs, in which version, how long, whether it answers its checks and
 * how near it is to its limits; and what became of the processes of one service. In the URL: `service`, `find`, `only`,
 * `zone`.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { icon } from "../../elements/icons.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { findField } from "../../elements/find-field.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { instantQueries, labelledRange } from "../../net/instant-query.js";
import type { MatrixSeries } from "../../net/prometheus.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { actionUrlValues } from "../actions/action-text.js";
import { fillStyles } from "../logs/fill.styles.js";
import { healthRequests, processesTable } from "./health-export.js";
import {
  complaintsOf,
  HEALTH_EXPRESSIONS,
  healthSummary,
  processHealths,
  stripParts,
  verdictOf,
} from "./health-model.js";
import type { HealthSamples, ProcessHealth } from "./health-model.js";
import { processRow } from "./process-row.js";
import "./service-events.js";

/** As often as processes are scraped; longer in long windows. */
const STRIP_STEP_S = 15;
const STRIP_PARTS_MAX = 120;

const HEADS: readonly string[] = [
  "Process",
  "State",
  "Version",
  "Node, zone",
  "Up for",
  "Restarts",
  "Ready",
  "Checks, 5 min",
  "Scrapes",
  "CPU",
  "Memory",
  "Files",
  "Disk",
];

interface Answers {
  readonly samples: HealthSamples;
  readonly strips: readonly MatrixSeries[];
}

@customElement("fd-view-health")
export class HealthView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly catalogue = new QueryController<Catalogue>(this, {
    key: () => [this.run.store.snapshot.actions.length, this.time.window().toUs],
    run: (signal) => this.run.queries.catalogue(signal),
  });

  private readonly answers = new QueryController<Answers>(this, {
    key: () => this.time.window(),
    run: async (signal) => {
      const window = this.time.window();
      const atUs = Math.min(window.toUs, this.time.nowUs);
      const [samples, strips] = await Promise.all([
        instantQueries(this.run.queries, HEALTH_EXPRESSIONS, atUs, signal),
        labelledRange(this.run.queries, "up", { ...window, toUs: atUs, stepSeconds: this.stripStep() }, signal),
      ]);
      return { samples, strips };
    },
  });

  private revealed: string | undefined;
  /** The events of the service open below the list and make it shorter. */
  private readonly resized = new ResizeObserver(() => {
    this.reveal();
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  /** Scrolls the list alone: what lies around it would move with it and leave the screen. */
  private reveal(): void {
    const list = this.renderRoot.querySelector(".scroll");
    const row = this.renderRoot.querySelector(`[data-service="${CSS.escape(this.revealed ?? "")}"]`);
    if (list === null || row === null) return;
    const below = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
    list.scrollTop += below - (list.querySelector("thead")?.clientHeight ?? 0);
  }

  /** A service that the address names is brought into view once, when its rows are there. */
  override updated(): void {
    const service = this.url.get("service");
    if (service === this.revealed) return;
    const row = service === undefined ? null : this.renderRoot.querySelector(`[data-service="${CSS.escape(service)}"]`);
    if (service !== undefined && row === null) return;
    this.revealed = service;
    const list = this.renderRoot.querySelector(".scroll");
    this.reveal();
    this.resized.disconnect();
    if (list !== null && row !== null) this.resized.observe(list);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  private stripStep(): number {
    const { fromUs, toUs } = this.time.window();
    const seconds = (toUs - fromUs) / 1_000_000;
    return Math.max(1, Math.ceil(seconds / STRIP_STEP_S / STRIP_PARTS_MAX)) * STRIP_STEP_S;
  }

  override render(): TemplateResult {
    const error = this.catalogue.error ?? this.answers.error;
    const catalogue = this.catalogue.value;
    const answers = this.answers.value;
    const all = catalogue === undefined || answers === undefined ? [] : processHealths(catalogue, answers.samples);
    const shown = all.filter((process) => this.isWanted(process));
    return html`<div class="view">
      ${this.renderTools(all, shown)}
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${answers === undefined || catalogue === undefined ? nothing : this.renderTable(shown, all, answers)}
      ${this.renderService()}
    </div>`;
  }

  private isWanted(process: ProcessHealth): boolean {
    const find = (this.url.get("find") ?? "").trim().toLowerCase();
    const zone = this.url.get("zone");
    const texts = [process.name, process.version, process.node ?? "", process.zone ?? ""];
    return (
      (find === "" || texts.some((text) => text.toLowerCase().includes(find))) &&
      (zone === undefined || process.zone === zone) &&
      (this.url.get("only") !== "unwell" || verdictOf(process) !== "ok")
    );
  }

  private renderTools(all: readonly ProcessHealth[], shown: readonly ProcessHealth[]): TemplateResult {
    const only = this.url.get("only") === "unwell";
    const zones = [...new Set(all.flatMap(({ zone }) => zone ?? []))].sort();
    const chosen = this.url.get("zone") ?? "";
    return html`<div class="row">
      ${findField(this.url, { name: "find", label: "Find processes by name, version, node or zone", placeholder: "Name, version, node, zone" })}
      <select
        aria-label="Zone"
        @change=${(event: Event) => {
          this.url.set({ zone: (event.target as HTMLSelectElement).value || undefined });
        }}
      >
        <option value="" ?selected=${chosen === ""}>All zones</option>
        ${zones.map((zone) => html`<option value=${zone} ?selected=${zone === chosen}>${zone}</option>`)}
      </select>
      <button
        aria-pressed=${only ? "true" : "false"}
        @click=${() => {
          this.url.set({ only: only ? undefined : "unwell" });
        }}
      >
        Only what is not well
      </button>
      <span class="soft small" data-answer>${shown.length} of ${all.length} processes, ${healthSummary(all)}</span>
      <fd-export-menu .source=${() => this.exported(shown)}></fd-export-menu>
      <fd-pin-button label="Pin health" .exhibit=${() => healthExhibit(all)}></fd-pin-button>
    </div>`;
  }

  private exported(shown: readonly ProcessHealth[]): ExportSource {
    const atUs = Math.min(this.time.window().toUs, this.time.nowUs);
    return { title: "Health of processes", table: processesTable(shown), requests: healthRequests(atUs) };
  }

  private renderTable(
    shown: readonly ProcessHealth[],
    all: readonly ProcessHealth[],
    { strips }: Answers,
  ): TemplateResult {
    if (shown.length === 0)
      return html`<fd-empty-state heading=${all.length === 0 ? "No processes" : "No process matches"}>
        <button
          @click=${() => {
            this.url.set({ find: undefined, zone: undefined, only: undefined });
          }}
        >
          Show all ${all.length}
        </button>
      </fd-empty-state>`;
    const byName = new Map(strips.map((series) => [(series.metric["instance"] ?? "").replace(/:\d+$/, ""), series]));
    const window = this.time.window();
    const nowUs = Math.min(window.toUs, this.time.nowUs);
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Processes by service">
      <table>
        <caption class="visually-hidden">
          Processes by service with their state, checks and use of their limits
        </caption>
        <thead>
          <tr>
            ${HEADS.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        ${[...new Set(shown.map(({ service }) => service))].map((service) => {
          const processes = shown.filter((process) => process.service === service);
          return html`<tbody>
            <tr class="service" data-service=${service}>
              <th scope="rowgroup" colspan=${HEADS.length}>${this.serviceHead(service, processes)}</th>
            </tr>
            ${processes.map((process) =>
              processRow(
                process,
                stripParts(byName.get(process.name), { ...window, toUs: nowUs }, this.stripStep()),
                nowUs,
              ),
            )}
          </tbody>`;
        })}
      </table>
    </div>`;
  }

  private serviceHead(service: string, processes: readonly ProcessHealth[]): TemplateResult {
    const well = processes.filter((process) => verdictOf(process) === "ok").length;
    const versions = new Set(processes.map(({ version }) => version));
    return html`<button
        class="link"
        aria-expanded=${this.url.get("service") === service ? "true" : "false"}
        @click=${() => {
          this.url.set({ service: this.url.get("service") === service ? undefined : service });
        }}
      >
        ${icon(this.url.get("service") === service ? "down" : "chevron", 12)}<span class="visually-hidden"
          >Events of ${service}</span
        >
      </button>
      ${serviceValue(service)}
      <span class="soft">
        ${well} of ${processes.length} well${versions.size > 1 ? `, ${String(versions.size)} versions at once` : ""}
      </span>`;
  }

  private renderService(): TemplateResult | typeof nothing {
    const service = this.url.get("service");
    if (service === undefined) return nothing;
    return html`<section class="events" aria-label="Events of ${service}">
      <div class="row">
        <h2>Events of ${serviceValue(service)}</h2>
        <a href=${this.url.href("dashboards", { service })}>Dashboard</a>
        <a href=${this.url.href("profiles", { service })}>Profiles</a>
        <a href=${this.url.href("logs", { services: service })}>Logs</a>
        <a href=${this.url.href("map", { node: service })}>Map</a>
        <a href=${this.url.href("actions", actionUrlValues({ kind: "restart", service }))}>Plan a restart</a>
      </div>
      <fd-service-events service=${service}></fd-service-events>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      .scroll {
        flex: 1;
        min-height: 240px;
        border-block-start: 1px solid var(--line);
      }
      thead th {
        position: sticky;
        inset-block-start: 0;
        background: var(--surface-0);
        z-index: 1;
      }
      tbody th {
        color: var(--ink);
      }
      .name {
        display: inline-block;
        max-width: 32ch;
        overflow: hidden;
        text-overflow: ellipsis;
        vertical-align: bottom;
      }
      .service th {
        padding-block-start: var(--space-3);
        font-size: var(--text-m);
      }
      td {
        white-space: nowrap;
      }
      td .small {
        white-space: normal;
        max-width: 24ch;
      }
      .usage .small {
        white-space: nowrap;
      }
      .strip {
        position: relative;
        display: block;
        width: 180px;
        height: 16px;
        background: repeating-linear-gradient(45deg, transparent 0 4px, var(--line) 4px 5px);
        border: 1px solid var(--line);
      }
      @media (max-width: 1320px) {
        .strip {
          width: 104px;
        }
      }
      .strip i {
        position: absolute;
        inset-block: 0;
      }
      .strip .ok {
        background: linear-gradient(var(--surface-1) 55%, var(--severity-ok) 55%);
      }
      .strip .ok,
      .strip .failed {
        min-width: 1px;
      }
      .strip .failed {
        background: var(--severity-critical);
      }
      .usage {
        position: relative;
        display: block;
        padding-block-end: 4px;
        min-width: 92px;
      }
      .usage i {
        position: absolute;
        inset: auto auto 0 0;
        height: 2px;
        background: var(--ink-soft);
      }
      .usage i.warning {
        background: var(--severity-warning);
      }
      .usage i.critical {
        background: var(--severity-critical);
      }
      .events {
        flex: 0 0 auto;
        max-height: 34%;
        overflow: auto;
        border-block-start: 1px solid var(--line-strong);
        padding-block-start: var(--space-2);
      }
    `,
  ];
}

function healthExhibit(all: readonly ProcessHealth[]): ExhibitParts {
  const unwell = all
    .map((process) => ({
      name: process.name,
      value: complaintsOf(process)
        .map(({ text }) => text)
        .join(", "),
    }))
    .filter(({ value }) => value !== "");
  const facts = unwell.length === 0 ? [{ name: "processes", value: `all ${String(all.length)} are well` }] : unwell;
  return { title: "Health of the processes", frozen: { kind: "facts", facts } };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-health": HealthView;
  }
}
