/**
 * The service map: who calls whom, how much, and what is worse than in the hour before, or than at another time. As a
 * drawing, a tree or a table, with the figures of the chosen part beside it. In the URL: `node` or `edge`, `find`, `only`,
 * `hops`, `group`, `form`, `fold`, `cam`, and the times of map-scope.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { MapEdge, MapNode, ServiceMap, TrafficFigures } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import "../../charts/map-graph.js";
import { healthOf } from "../../charts/map-health.js";
import type { Health } from "../../charts/map-health.js";
import { elementMarks, PivotController } from "../../controllers/pivot-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { serviceValue } from "../../elements/pivot-value.js";
import "../../elements/service-chip.js";
import type { PivotSubject } from "../../elements/pivots.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { mapRequests, mapTable } from "./map-export.js";
import { figureRows, figuresText, litNodes } from "./map-figures.js";
import {
  compareMaps,
  edgeId,
  groupMap,
  instantOf,
  mapWindow,
  SPANS_S,
  spanUs,
  versusWindow,
  withinHops,
} from "./map-scope.js";
import "./map-tree.js";
import "./time-scrubber.js";
import { callQueries, partQueries } from "./traffic-queries.js";
import "./traffic-sparks.js";

const FORMS: readonly (readonly [form: string | undefined, title: string, icon: string])[] = [
  [undefined, "Map", "map"],
  ["tree", "Tree", "lines"],
  ["table", "Table", "table"],
];

@customElement("fd-view-map")
export class MapView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly map = new QueryController<ServiceMap>(this, {
    key: () => [mapWindow(this.read, this.time.window()), versusWindow(this.read, this.time.window())],
    run: async (signal) => {
      const window = this.time.window();
      const versus = versusWindow(this.read, window);
      const [map, earlier] = await Promise.all([
        this.run.queries.map(mapWindow(this.read, window), signal),
        versus === undefined ? undefined : this.run.queries.map(versus, signal),
      ]);
      return earlier === undefined ? map : compareMaps(map, earlier);
    },
  });

  /** For the teams of parts. */
  private readonly catalogue = new QueryController<Catalogue>(this, {
    key: () => (this.url.get("group") === "team" ? this.run.runId : undefined),
    run: (signal) => this.run.queries.catalogue(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
    new PivotController(
      this,
      elementMarks(this, "[data-part]", (element) => this.subjectOf(element)),
    );
  }

  private readonly subjectOf = ({ dataset: { part = "" } }: HTMLElement | SVGElement): PivotSubject => {
    const [from = "", to] = part.split(">");
    return to === undefined ? { field: "service", value: from } : { field: "server_address", value: to, service: from };
  };

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const map = this.map.value;
    const error = this.map.error ?? this.catalogue.error;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${map === undefined ? nothing : this.renderMap(this.grouped(map))}
    </div>`;
  }

  private grouped(map: ServiceMap): ServiceMap {
    const group = this.url.get("group");
    if (group === "kind") return groupMap(map, ({ kind }) => kind);
    const { value } = this.catalogue;
    if (group !== "team" || value === undefined) return map;
    const teams = new Map(value.components.map(({ id, team }) => [id, team]));
    return groupMap(map, ({ id }) => teams.get(id) ?? id);
  }

  private litOf(map: ServiceMap): ReadonlySet<string> {
    const lit = litNodes(map, { find: this.url.get("find") ?? "", onlyErrors: this.url.get("only") === "errors" });
    const hops = Number(this.url.get("hops"));
    const node = this.url.get("node");
    if (!(hops > 0) || node === undefined) return lit;
    const near = withinHops(map.edges, node, hops);
    return new Set([...lit].filter((id) => near.has(id)));
  }

  private renderMap(map: ServiceMap): TemplateResult {
    const lit = this.litOf(map);
    const isChosen = this.url.get("node") !== undefined || this.url.get("edge") !== undefined;
    return html`
      ${this.renderTools(map, lit)} ${this.renderTimes()} ${lit.size > 0 ? nothing : this.renderNone()}
      <div class="panes ${isChosen ? "chosen" : ""}">
        ${this.renderForm(map, lit)}
        <aside aria-label="The chosen part" aria-live="polite">${this.renderChosen(map)}</aside>
      </div>
    `;
  }

  private renderForm(map: ServiceMap, lit: ReadonlySet<string>): TemplateResult {
    const form = this.url.get("form");
    if (form === "table") return this.renderTable(map, lit);
    const chooseNode = (event: CustomEvent<{ readonly id: string }>): void => {
      this.choose({ node: event.detail.id });
    };
    if (form === "tree")
      return html`<fd-map-tree
        .map=${map}
        .lit=${lit}
        .chosen=${this.url.get("node")}
        .folded=${new Set((this.url.get("fold") ?? "").split(",").filter((path) => path !== ""))}
        @node-choose=${chooseNode}
        @fold-change=${(event: CustomEvent<{ readonly folded: readonly string[] }>) => {
          this.url.set({ fold: event.detail.folded.join(",") || undefined }, { replace: true });
        }}
      ></fd-map-tree>`;
    return html`<fd-service-graph
      .map=${map}
      .lit=${lit}
      .chosen=${this.url.get("node") ?? this.url.get("edge")}
      .camera=${this.url.get("cam")}
      @camera-change=${(event: CustomEvent<{ readonly camera: string | undefined }>) => {
        this.url.set({ cam: event.detail.camera }, { replace: true });
      }}
      @node-choose=${chooseNode}
      @edge-choose=${(event: CustomEvent<{ readonly from: string; readonly to: string }>) => {
        this.choose({ edge: edgeId(event.detail) });
      }}
    ></fd-service-graph>`;
  }

  private choose(part: { readonly node?: string; readonly edge?: string }): void {
    this.url.set({ node: part.node, edge: part.edge });
  }

  private renderTools(map: ServiceMap, lit: ReadonlySet<string>): TemplateResult {
    const only = this.url.get("only") === "errors";
    const form = this.url.get("form");
    return html`<div class="row">
      <input
        type="search"
        aria-label="Find a part"
        placeholder="Find a part"
        .value=${this.url.get("find") ?? ""}
        @input=${(event: Event) => {
          this.url.set({ find: (event.target as HTMLInputElement).value || undefined }, { replace: true });
        }}
      />
      <button
        aria-pressed=${only ? "true" : "false"}
        @click=${() => {
          this.url.set({ only: only ? undefined : "errors" });
        }}
      >
        Only what is worse
      </button>
      ${this.select("Around the chosen part", "hops", [
        ["", "everything"],
        ["1", "1 call away"],
        ["2", "2 calls away"],
        ["3", "3 calls away"],
      ])}
      ${this.select("Group", "group", [
        ["", "no groups"],
        ["team", "by team"],
        ["kind", "by kind"],
      ])}
      <span class="segments" role="group" aria-label="Form">
        ${FORMS.map(
          ([value, title, name]) =>
            html`<button
              aria-pressed=${form === value ? "true" : "false"}
              ?data-chart-table=${value === "table"}
              @click=${() => {
                this.url.set({ form: value });
              }}
            >
              ${icon(name, 14)} ${title}
            </button>`,
        )}
      </span>
      <span class="soft small" role="status">${lit.size} of ${map.nodes.length} parts</span>
      <fd-export-menu .source=${() => this.exported(map)}></fd-export-menu>
      <fd-pin-button label="Pin map" .exhibit=${() => mapExhibit(map)}></fd-pin-button>
    </div>`;
  }

  /** The parts stay on the screen, dimmed: where they are is worth more than an empty page. */
  private renderNone(): TemplateResult {
    const names = ["find", "only", "hops"].filter((name) => this.url.get(name) !== undefined);
    const why =
      this.url.get("only") === "errors" && this.url.get("find") === undefined
        ? "No part answers worse than the time it is compared with."
        : "No part matches.";
    return html`<p class="soft row" role="status">
      ${why}
      <button
        type="button"
        @click=${() => {
          this.url.set(Object.fromEntries(names.map((name) => [name, undefined])));
        }}
      >
        Show all parts
      </button>
      ${
        this.url.get("only") === "errors"
          ? html`<a href=${this.url.href("metrics", { browse: "1" })}>Metrics that changed most</a>`
          : nothing
      }
    </p>`;
  }

  private exported(map: ServiceMap): ExportSource {
    const chart = this.renderRoot.querySelector("fd-service-graph");
    return {
      title: "Service map",
      caption: this.timesText(),
      table: mapTable(map),
      json: map,
      requests: mapRequests(mapWindow(this.read, this.time.window())),
      ...(chart === null ? {} : { chart }),
    };
  }

  private renderTimes(): TemplateResult {
    const at = instantOf(this.url.get("at"));
    const versus = this.url.get("vs");
    const versusAt = instantOf(versus);
    return html`<div class="row">
      <fd-time-scrubber
        .window=${this.time.window()}
        .atUs=${at}
        @scrub=${(event: CustomEvent<{ readonly atUs: number | undefined }>) => {
          const { atUs } = event.detail;
          this.url.set({ at: atUs === undefined ? undefined : String(atUs) }, { replace: true });
        }}
      ></fd-time-scrubber>
      ${
        at === undefined
          ? nothing
          : this.select(
              "of",
              "span",
              SPANS_S.map((seconds) => [seconds === 60 ? "" : String(seconds), `${String(seconds)} s`] as const),
            )
      }
      ${this.select("against", "vs", [
        ["", "the hour before"],
        ["prev", "the same time before"],
        ...(versusAt === undefined ? [] : [[versus ?? "", formatClock(versusAt)] as const]),
      ])}
      ${
        at === undefined
          ? nothing
          : html`<button
              title="Then move on: the map shows what is worse than here"
              @click=${() => {
                this.url.set({ vs: String(at) });
              }}
            >
              Compare with ${formatClock(at)}
            </button>`
      }
      <span class="soft small legend">
        ${this.timesText()}: <span class="warning">▲ worse</span> <span class="critical">◆ much worse</span>; the wider
        an edge, the more calls
      </span>
    </div>`;
  }

  private timesText(): string {
    const versus = versusWindow(this.read, this.time.window());
    const at = instantOf(this.url.get("at"));
    const now =
      at === undefined ? "The window" : `The ${String(spanUs(this.read) / 1_000_000)} s before ${formatClock(at)}`;
    return versus === undefined
      ? `${now} against the hour before`
      : `${now} against ${formatClock(versus.fromUs)}–${formatClock(versus.toUs)}`;
  }

  private select(
    label: string,
    name: string,
    options: readonly (readonly [value: string, title: string])[],
  ): TemplateResult {
    const value = this.url.get(name) ?? "";
    return html`<select
      aria-label=${label}
      title=${label}
      @change=${(event: Event) => {
        this.url.set({
          [name]: (event.target as HTMLSelectElement).value || undefined,
          ...(name === "group" ? { node: undefined, edge: undefined, cam: undefined, fold: undefined } : {}),
        });
      }}
    >
      ${options.map(([option, title]) => html`<option value=${option} ?selected=${option === value}>${title}</option>`)}
    </select>`;
  }

  private renderTable(map: ServiceMap, lit: ReadonlySet<string>): TemplateResult {
    const edges = map.edges.filter(({ from, to }) => lit.has(from) && lit.has(to));
    return html`<div class="tables" tabindex="0" role="group" aria-label="The map as tables">
      <table>
        <caption>
          Parts
        </caption>
        ${tableHead("Part")}
        <tbody>
          ${map.nodes
            .filter(({ id }) => lit.has(id))
            .map((node) =>
              this.tableRow(html`<fd-service-chip name=${node.id}></fd-service-chip>`, node, { node: node.id }),
            )}
        </tbody>
      </table>
      <table>
        <caption>
          Calls
        </caption>
        ${tableHead("From → to")}
        <tbody>
          ${edges.map((edge) =>
            this.tableRow(html`${edge.from} → ${edge.to}`, edge, { edge: `${edge.from}>${edge.to}` }),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private tableRow(
    name: TemplateResult,
    { now, before }: { readonly now?: TrafficFigures; readonly before?: TrafficFigures },
    part: { readonly node?: string; readonly edge?: string },
  ): TemplateResult {
    return html`<tr>
      <td>
        <button
          class="link"
          data-part=${part.node ?? part.edge ?? ""}
          @click=${() => {
            this.choose(part);
          }}
        >
          ${name}
        </button>
      </td>
      ${figureRows(now, before).map((row) => html`<td class="number">${row.now}<br /><span class="soft">${row.before}</span></td>`)}
      <td>${healthText(healthOf(now, before))}</td>
    </tr>`;
  }

  private renderChosen(map: ServiceMap): TemplateResult | typeof nothing {
    const node = map.nodes.find(({ id }) => id === this.url.get("node"));
    if (node !== undefined) return this.renderNode(map, node);
    const edge = map.edges.find(({ from, to }) => `${from}>${to}` === this.url.get("edge"));
    if (edge !== undefined) return this.renderEdge(map, edge);
    return nothing;
  }

  private renderNode(map: ServiceMap, node: MapNode): TemplateResult {
    const callers = map.edges.filter(({ to }) => to === node.id);
    const callees = map.edges.filter(({ from }) => from === node.id);
    return html`<h2>${serviceValue(node.id)}</h2>
      <p class="soft">${node.title}, ${node.kind}</p>
      ${healthText(healthOf(node.now, node.before))} ${figureTable(node)}
      <fd-traffic-sparks .queries=${partQueries(node.id, node.kind)}></fd-traffic-sparks>
      ${this.links(node)} ${this.calls("Called by", callers, ({ from }) => from)}
      ${this.calls("Calls", callees, ({ to }) => to)}
      <fd-pin-button
        label="Pin these figures"
        .exhibit=${() => partExhibit(`${node.id} on the map`, node)}
      ></fd-pin-button>`;
  }

  /** Dashboards and telemetry exist for what runs our code; other parts are seen through their callers. */
  private links(node: MapNode): TemplateResult {
    const emits = node.kind === "service";
    return html`<ul>
      ${
        emits
          ? html`<li><a href=${this.url.href("dashboards", { service: node.id })}>${icon("grid", 14)} Dashboard</a></li>
              <li><a href=${this.url.href("profiles", { service: node.id })}>${icon("flame", 14)} Profiles</a></li>
              <li><a href=${this.url.href("logs", { services: node.id })}>${icon("lines", 14)} Logs</a></li>
              <li><a href=${this.url.href("traces", { service: node.id })}>${icon("waterfall", 14)} Traces</a></li>
              <li>
                <a href=${this.url.href("traces", { service: node.id, status: "error" })}
                  >${icon("critical", 14)} Traces with errors</a
                >
              </li>`
          : nothing
      }
      <li><a href=${this.url.href("changes", { target: node.id })}>${icon("diff", 14)} Changes</a></li>
    </ul>`;
  }

  private calls(title: string, edges: readonly MapEdge[], other: (edge: MapEdge) => string): TemplateResult {
    if (edges.length === 0) return html``;
    return html`<h3>${title}</h3>
      <ul>
        ${edges.map((edge) => {
          const health = healthOf(edge.now, edge.before);
          return html`<li>
            <button
              class="link"
              data-part=${edgeId(edge)}
              @click=${() => {
                this.choose({ edge: `${edge.from}>${edge.to}` });
              }}
            >
              ${other(edge)}
            </button>
            ${health.reasons.length === 0 ? nothing : healthText(health)}
          </li>`;
        })}
      </ul>`;
  }

  private renderEdge(map: ServiceMap, edge: MapEdge): TemplateResult {
    const toKind = map.nodes.find(({ id }) => id === edge.to)?.kind ?? "service";
    const part = (id: string): TemplateResult =>
      html`<button
        class="link"
        @click=${() => {
          this.choose({ node: id });
        }}
      >
        <fd-service-chip name=${id}></fd-service-chip>
      </button>`;
    return html`<h2>${part(edge.from)} → ${part(edge.to)}</h2>
      <p class="soft">Calls as the caller sees them, waiting for a connection included.</p>
      ${healthText(healthOf(edge.now, edge.before))} ${figureTable(edge)}
      <fd-traffic-sparks .queries=${callQueries(edge.from, edge.to, toKind)}></fd-traffic-sparks>
      <ul>
        <li>
          <a href=${this.url.href("traces", { service: edge.from, order: "slowest" })}
            >${icon("waterfall", 14)} Slowest traces through ${edge.from}</a
          >
        </li>
        <li>
          <a href=${this.url.href("logs", { services: edge.from, q: edge.to })}
            >${icon("lines", 14)} Logs of ${edge.from} that name ${edge.to}</a
          >
        </li>
      </ul>
      <fd-pin-button
        label="Pin these figures"
        .exhibit=${() => partExhibit(`Calls from ${edge.from} to ${edge.to}`, edge)}
      ></fd-pin-button>`;
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      .row fd-pin-button {
        margin-inline-start: auto;
      }
      .panes {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(210px, 270px);
        border-block-start: 1px solid var(--line);
        min-height: 320px;
      }
      /* The drawing has the whole width until something is chosen: its text is small enough as it is. */
      .panes:not(.chosen) {
        grid-template-columns: minmax(0, 1fr);
      }
      .panes:not(.chosen) aside {
        display: none;
      }
      aside {
        overflow: auto;
        padding: var(--space-2) 0 var(--space-2) var(--space-3);
        border-inline-start: 1px solid var(--line);
      }
      h3 {
        margin-block-start: var(--space-3);
      }
      ul {
        list-style: none;
        margin: var(--space-2) 0;
        padding: 0;
      }
      li {
        padding-block: 3px;
        line-height: 20px;
      }
      .tables {
        overflow: auto;
        padding-inline-end: var(--space-3);
      }
      caption {
        text-align: start;
        font-weight: 600;
        padding-block: var(--space-2) var(--space-1);
      }
      @media (max-width: 900px) {
        .panes {
          grid-template-columns: 1fr;
          grid-template-rows: minmax(360px, 1fr) auto;
        }
        aside {
          border: 0;
          padding-inline-start: 0;
        }
      }
    `,
  ];
}

function tableHead(first: string): TemplateResult {
  return html`<thead>
    <tr>
      <th>${first}</th>
      ${figureRows(undefined, undefined).map(({ name }) => html`<th class="number">${name}<br />before</th>`)}
      <th>Against before</th>
    </tr>
  </thead>`;
}

interface Measured {
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

function figureTable({ now, before }: Measured): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th><span class="visually-hidden">Figure</span></th>
        <th class="number">in the window</th>
        <th class="number">before</th>
      </tr>
    </thead>
    <tbody>
      ${figureRows(now, before).map(
        (row) =>
          html`<tr>
            <th scope="row">${row.name}</th>
            <td class="number">${row.now}</td>
            <td class="number">${row.before}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Symbol, colour and words together. */
function healthText({ severity, reasons, rateFactor }: Health): TemplateResult {
  if (severity === "unknown") return html`<span class="soft">not measured</span>`;
  if (reasons.length === 0 && rateFactor === undefined) return html`<span class="soft">new: nothing before</span>`;
  if (reasons.length === 0) return html`<span class="soft">as before</span>`;
  return html`<span class=${severity}>${icon(severity, 14)} ${reasons.join(", ")}</span>`;
}

function partExhibit(title: string, part: Measured): ExhibitParts {
  const facts = figureRows(part.now, part.before).map(({ name, now, before }) => ({
    name,
    value: `${now} (before: ${before})`,
  }));
  return { title, frozen: { kind: "facts", facts } };
}

/** Only what is worse: the rest of a map says little in a notebook. */
function mapExhibit(map: ServiceMap): ExhibitParts {
  const parts = [
    ...map.nodes.map((node) => ({ name: node.id, part: node })),
    ...map.edges.map((edge) => ({ name: `${edge.from} → ${edge.to}`, part: edge })),
  ];
  const facts = parts
    .filter(({ part }) => healthOf(part.now, part.before).reasons.length > 0)
    .map(({ name, part }) => ({ name, value: figuresText(part.now, part.before) }));
  return {
    title: "Service map",
    frozen: {
      kind: "facts",
      facts: facts.length > 0 ? facts : [{ name: "map", value: "everything as in the hour before" }],
    },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-map": MapView;
  }
}
