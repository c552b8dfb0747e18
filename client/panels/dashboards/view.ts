/**
 * Dashboards: files of the system in Grafana's JSON model, and those that a learner brings along. The URL names the
 * dashboard (`board`), the component (`service`, the variable `job`), other variables (`var-…`) and closed rows (`closed`).
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { isOutsideRun } from "../../state/empty-reason.js";
import type { UrlState } from "../../state/url-state.js";
import { boardsOf, chosenBoard, hasComponent, rowsFor } from "./board-list.js";
import type { Board } from "./board-list.js";
import { GRID_COLUMNS, panelSpans } from "./layout.js";
import { readDashboard } from "./model.js";
import type { DashboardRow } from "./model.js";
import { readOwnBoards, writeOwnBoards } from "./own-boards.js";
import { askScrapeSeconds, SCRAPE_SECONDS_DEFAULT } from "./scrape-interval.js";
import { linkTo } from "./panel.js";
import "./variable-bar.js";
import { askVariables } from "./variable-options.js";
import type { VariableValues } from "./variables.js";
import { viewStyles } from "./view.styles.js";

type Component = Catalogue["components"][number];

const KIND_TITLES: Readonly<Record<Component["kind"], string>> = {
  service: "Services",
  store: "Databases",
  cache: "Caches",
  queue: "Queues",
  external: "Other parties",
  plant: "Monitoring",
};

@customElement("fd-view-dashboards")
export class DashboardsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private own: readonly string[] = readOwnBoards(pageStorage);
  @state() private problem = "";
  @query('input[type="file"]') private readonly fileInput!: HTMLInputElement;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly catalogue = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.catalogue(signal),
  });
  private readonly files = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.dashboards(signal),
  });
  /** Names of the metrics that the chosen component has: panels that can never show anything are left out. */
  private readonly metrics = new QueryController(this, {
    key: () => this.url.get("service"),
    run: async (signal) => {
      const job = this.url.get("service") ?? "";
      const selector = `{job="${job.replace(/["\\]/g, "\\$&")}"}`;
      const answer = await this.run.queries.prometheus("label/__name__/values", { "match[]": [selector] }, signal);
      return { job, names: new Set(answer.data as readonly string[]) };
    },
  });
  private readonly scrape = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => askScrapeSeconds(this.run.queries, this.time.nowUs, signal),
  });
  private readonly variables = new QueryController(this, {
    key: () => {
      const board = this.board;
      return board === undefined
        ? undefined
        : [board.model.uid, board.own, this.scrapeSeconds, ...this.wantedValues(board)];
    },
    run: async (signal) => {
      const { board } = this;
      const asked = board?.model.variables ?? [];
      const window = this.time.window();
      const wanted = (name: string): string | undefined => this.wanted(name);
      const choices = await askVariables(this.run.queries, asked, wanted, window, this.scrapeSeconds, signal);
      return { uid: board?.model.uid, choices };
    },
  });
  private readonly size = new ResizeController(this);

  private get scrapeSeconds(): number {
    return this.scrape.value ?? SCRAPE_SECONDS_DEFAULT;
  }

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  private get boards(): readonly Board[] {
    return this.files.value === undefined ? [] : boardsOf(this.files.value, this.own);
  }

  private get component(): Component | undefined {
    return this.catalogue.value?.components.find(({ id }) => id === this.url.get("service"));
  }

  private get board(): Board | undefined {
    return chosenBoard(this.boards, this.url.get("board"), this.component?.kind);
  }

  private wanted(name: string): string | undefined {
    return name === "job" ? this.url.get("service") : this.url.get(`var-${name}`);
  }

  private wantedValues({ model }: Board): readonly (string | undefined)[] {
    return model.variables.map(({ name }) => this.wanted(name));
  }

  override render(): TemplateResult {
    const { board, component } = this;
    const components = this.catalogue.value?.components ?? [];
    return html`<div class="head row">
        <label class="row">Component ${this.picker(components, component)}</label>
        ${this.boardPicker(board)}
        <fd-variable-bar
          .choices=${this.choices(board).filter(({ variable }) => variable.name !== "job")}
          @variable-chosen=${(event: CustomEvent<{ name: string; value: string }>) => {
            this.url.set({ [`var-${event.detail.name}`]: event.detail.value });
          }}
        ></fd-variable-bar>
        ${component === undefined ? nothing : this.about(component)}
        <span class="space"></span>
        ${board === undefined ? nothing : board.model.links.map((link) => linkTo(this.url, link))} ${this.files_(board)}
      </div>
      <fd-error-notice .error=${this.catalogue.error ?? this.files.error ?? this.variables.error}></fd-error-notice>
      ${this.problem === "" ? nothing : html`<p class="problem critical" role="alert">${icon("critical", 14)} ${this.problem}</p>`}
      ${this.shown(board, component)}`;
  }

  private shown(board: Board | undefined, component: Component | undefined): TemplateResult | typeof nothing {
    if (this.files.value === undefined || this.catalogue.value === undefined) return nothing;
    if (isOutsideRun(this.run.store, this.time.window()))
      return html`<fd-empty-answer heading="Nothing is known of this time"></fd-empty-answer>`;
    if (this.boards.length === 0) {
      return html`<fd-empty-state heading="This system has no dashboards"
        >Bring one along as Grafana's JSON with the button above, or begin in
        <a href=${this.url.href("metrics")}>Metrics</a>.</fd-empty-state
      >`;
    }
    if (board === undefined) {
      return html`<fd-empty-state heading="Nothing measures this component"
        ><button
          @click=${() => {
            this.url.set({ service: undefined, board: undefined });
          }}
        >
          All components
        </button></fd-empty-state
      >`;
    }
    if (hasComponent(board) && component === undefined) {
      return html`<fd-empty-state heading="This dashboard is about one component"
        >Choose it above, or here:
        <nav class="row choices" aria-label="Components it fits">
          ${this.catalogue.value.components
            .filter(({ kind }) => board.model.tags.includes(kind))
            .map(
              ({ id }) =>
                html`<a href=${this.url.href("dashboards", { service: id, board: board.model.uid })}
                  ><fd-service-chip name=${id}></fd-service-chip
                ></a>`,
            )}
        </nav></fd-empty-state
      >`;
    }
    const known = this.metrics.value?.job === component?.id ? this.metrics.value?.names : undefined;
    const waits = component !== undefined && known === undefined && this.metrics.error === undefined;
    if (waits || this.variables.value?.uid !== board.model.uid) return nothing;
    const rows = rowsFor(board.model.rows, hasComponent(board) ? known : undefined);
    return html`${rows.map((row) => this.row(row, board, component?.id ?? ""))}`;
  }

  private choices(board: Board | undefined): NonNullable<typeof this.variables.value>["choices"] {
    const { value } = this.variables;
    return value === undefined || value.uid !== board?.model.uid ? [] : value.choices;
  }

  private picker(components: readonly Component[], chosen: Component | undefined): TemplateResult {
    const kinds = [...new Set(components.map(({ kind }) => kind))];
    return html`<select
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        const kind = components.find(({ id }) => id === value)?.kind;
        const keeps = this.board?.model.tags.includes(kind ?? "overview") === true && kind !== undefined;
        this.url.set({ service: value === "" ? undefined : value, ...(keeps ? {} : { board: undefined }) });
      }}
    >
      <option value="" ?selected=${chosen === undefined}>All: overview</option>
      ${kinds.map(
        (kind) =>
          html`<optgroup label=${KIND_TITLES[kind]}>
            ${components
              .filter((component) => component.kind === kind)
              .map(({ id }) => html`<option value=${id} ?selected=${id === chosen?.id}>${id}</option>`)}
          </optgroup>`,
      )}
    </select>`;
  }

  /** Those that fit what is chosen as buttons; all the others in a list. */
  private boardPicker(board: Board | undefined): TemplateResult | typeof nothing {
    const { boards, component } = this;
    if (boards.length === 0) return nothing;
    const fits = ({ model }: Board): boolean => model.tags.includes(component?.kind ?? "overview");
    const near = boards.filter((one) => fits(one) && hasComponent(one) === (component !== undefined));
    const far = boards.filter((one) => !near.includes(one));
    return html`<span class="row" role="group" aria-label="Dashboard">
      ${near.map(
        ({ model }) =>
          html`<button
            aria-pressed=${model.uid === board?.model.uid ? "true" : "false"}
            title=${model.description}
            @click=${() => {
              this.url.set({ board: model.uid });
            }}
          >
            ${model.title}
          </button>`,
      )}
      ${
        far.length === 0
          ? nothing
          : html`<select
              aria-label="Other dashboards"
              @change=${(event: Event) => {
                const { value } = event.target as HTMLSelectElement;
                if (value !== "") this.url.set({ board: value });
              }}
            >
              <option value="" ?selected=${board === undefined || near.includes(board)}>Others</option>
              ${far.map(
                (one) =>
                  html`<option value=${one.model.uid} ?selected=${one.model.uid === board?.model.uid}>
                    ${one.model.title}${one.own ? " (own)" : ""}
                  </option>`,
              )}
            </select>`
      }
    </span>`;
  }

  private about(component: Component): TemplateResult {
    const facts = [component.team, component.language].filter((fact) => fact !== undefined);
    return html`${serviceValue(component.id)}
      ${facts.length === 0 ? nothing : html`<span class="soft small">${facts.join(" · ")}</span>`}
      <span class="row small">
        <a href=${this.url.href("logs", { services: component.id })}>Logs</a>
        <a href=${this.url.href("traces", { service: component.id })}>Traces</a>
        <a href=${this.url.href("map", { node: component.id })}>Map</a>
        <a href=${this.url.href("changes", { target: component.id })}>Changes</a>
      </span>`;
  }

  private files_(board: Board | undefined): TemplateResult {
    return html`<span class="row">
      <input type="file" accept=".json,application/json" hidden @change=${this.imported} />
      <button
        class="quiet small"
        title="Bring a dashboard along: a file in Grafana's JSON model, kept in this browser"
        @click=${() => {
          this.fileInput.click();
        }}
      >
        Import
      </button>
      ${
        board === undefined
          ? nothing
          : html`<button
              class="quiet small"
              title="Save this dashboard as a file that Grafana imports"
              @click=${() => {
                download(`${board.model.uid}.json`, board.json);
              }}
            >
              Save
            </button>`
      }
      ${
        board?.own === true
          ? html`<button
              class="quiet small"
              title="Take your own dashboard out of this browser"
              @click=${() => {
                this.keep(this.own.filter((json) => json !== board.json));
                this.url.set({ board: undefined });
              }}
            >
              Remove
            </button>`
          : nothing
      }
    </span>`;
  }

  private row(row: DashboardRow, board: Board, job: string): TemplateResult {
    const closed = new Set((this.url.get("closed") ?? "").split(",").filter((id) => id !== ""));
    const isClosed = closed.has(String(row.id)) !== row.collapsed;
    const spans = panelSpans(row.panels, this.size.width);
    const values: VariableValues = new Map(this.choices(board).map(({ variable: { name }, chosen }) => [name, chosen]));
    const panels = html`<div class="panels" style="grid-template-columns: repeat(${GRID_COLUMNS}, minmax(0, 1fr))">
      ${repeat(
        row.panels,
        ({ id }) => `${board.model.uid}/${job}/${String(id)}`,
        (panel, index) =>
          html`<fd-dashboard-panel
            style="grid-column: span ${spans[index] ?? GRID_COLUMNS}"
            .panel=${panel}
            .values=${values}
            .scrapeSeconds=${this.scrapeSeconds}
            .markers=${this.markers.markers}
            about=${job}
          ></fd-dashboard-panel>`,
      )}
    </div>`;
    if (row.title === "")
      return html`<section>
        <h2 class="visually-hidden">Panels</h2>
        ${panels}
      </section>`;
    return html`<section aria-label=${row.title}>
      <h2>
        <button
          class="quiet"
          aria-expanded=${isClosed ? "false" : "true"}
          @click=${() => {
            const id = String(row.id);
            if (!closed.delete(id)) closed.add(id);
            this.url.set({ closed: closed.size === 0 ? undefined : [...closed].join(",") });
          }}
        >
          ${icon(isClosed ? "chevron" : "down", 14)}${row.title}
        </button>
      </h2>
      ${isClosed ? nothing : panels}
    </section>`;
  }

  private readonly imported = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const json = (await input.files?.[0]?.text()) ?? "";
    input.value = "";
    const { model, problem } = readDashboard(json);
    this.problem = problem ?? "";
    if (model === undefined) return;
    const others = this.own.filter((other) => readDashboard(other).model?.uid !== model.uid);
    if (this.keep([...others, json])) this.url.set({ board: model.uid });
  };

  private keep(own: readonly string[]): boolean {
    const problem = writeOwnBoards(pageStorage, own);
    this.problem = problem ?? "";
    if (problem === undefined) this.own = own;
    return problem === undefined;
  }

  static override styles = [sharedStyles, viewStyles];
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-dashboards": DashboardsView;
  }
}
