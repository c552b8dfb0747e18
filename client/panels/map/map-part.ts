/**
 * `<fd-map-part>`: a chosen part of the map, or a chosen call: its figures now and before, its course, and what lies beside
 * it. Dispatches `node-choose` {id} and `edge-choose` {from, to}.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { MapEdge, MapNode, ServiceMap } from "../../../server/wire/telemetry.js";
import { healthOf } from "../../charts/map-health.js";
import { StoreController } from "../../controllers/store-controller.js";
import { titleWithKind } from "../../elements/component-words.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import { serviceValue } from "../../elements/pivot-value.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { partExhibit } from "./map-export.js";
import { figureTable, healthText } from "./map-health-text.js";
import { edgeId } from "./map-scope.js";
import { pivotParts } from "./part-pivots.js";
import { callQueries, partQueries } from "./traffic-queries.js";
import "./traffic-sparks.js";

@customElement("fd-map-part")
export class MapPart extends LitElement {
  @property({ attribute: false }) map!: ServiceMap;
  /** Id of the chosen part, or else of the chosen call. */
  @property({ attribute: false }) node: string | undefined;
  @property({ attribute: false }) edge: string | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
    pivotParts(this);
  }

  override render(): TemplateResult | typeof nothing {
    const node = this.map.nodes.find(({ id }) => id === this.node);
    if (node !== undefined) return this.renderNode(node);
    const edge = this.map.edges.find((one) => edgeId(one) === this.edge);
    return edge === undefined ? nothing : this.renderEdge(edge);
  }

  private renderNode(node: MapNode): TemplateResult {
    const callers = this.map.edges.filter(({ to }) => to === node.id);
    const callees = this.map.edges.filter(({ from }) => from === node.id);
    return html`<h2>${serviceValue(node.id)}</h2>
      <p class="soft">${titleWithKind(node)}</p>
      ${
        node.now === undefined && node.before === undefined
          ? html`<p class="soft">No requests go through it: what it does stands on its dashboard.</p>`
          : this.traffic(node)
      }
      ${this.links(node)} ${this.calls("Called by", callers, ({ from }) => from)}
      ${this.calls("Calls", callees, ({ to }) => to)}`;
  }

  private traffic(node: MapNode): TemplateResult {
    return html`${healthText(healthOf(node.now, node.before))} ${figureTable(node)}
      <fd-traffic-sparks component=${node.id} .queries=${partQueries(node.id, node.kind)}></fd-traffic-sparks>
      <fd-pin-button
        label="Pin these figures"
        .exhibit=${() => partExhibit(`${node.id} on the map`, node)}
      ></fd-pin-button>`;
  }

  /** Every part has a dashboard; lines, traces and profiles come from what runs our code. */
  private links({ id, kind }: MapNode): TemplateResult {
    const emits = kind === "service";
    return html`<ul>
      <li><a href=${this.url.href("dashboards", { service: id })}>${icon("grid", 14)} Dashboard</a></li>
      ${
        emits
          ? html`<li><a href=${this.url.href("profiles", { service: id })}>${icon("flame", 14)} Profiles</a></li>
              <li><a href=${this.url.href("logs", { services: id })}>${icon("lines", 14)} Logs</a></li>
              <li><a href=${this.url.href("traces", { service: id })}>${icon("waterfall", 14)} Traces</a></li>
              <li>
                <a href=${this.url.href("traces", { service: id, status: "error" })}
                  >${icon("critical", 14)} Traces with errors</a
                >
              </li>`
          : nothing
      }
      <li><a href=${this.url.href("changes", { target: id })}>${icon("diff", 14)} Changes</a></li>
    </ul>`;
  }

  private calls(
    title: string,
    edges: readonly MapEdge[],
    other: (edge: MapEdge) => string,
  ): TemplateResult | typeof nothing {
    if (edges.length === 0) return nothing;
    return html`<h3>${title}</h3>
      <ul>
        ${edges.map((edge) => {
          const health = healthOf(edge.now, edge.before);
          return html`<li>
            <button
              class="link"
              data-part=${edgeId(edge)}
              @click=${() => {
                this.choose("edge-choose", { from: edge.from, to: edge.to });
              }}
            >
              ${other(edge)}
            </button>
            ${health.reasons.length === 0 ? nothing : healthText(health)}
          </li>`;
        })}
      </ul>`;
  }

  private renderEdge(edge: MapEdge): TemplateResult {
    const toKind = this.map.nodes.find(({ id }) => id === edge.to)?.kind ?? "service";
    return html`<h2>${this.end(edge.from)} → ${this.end(edge.to)}</h2>
      <p class="soft">Calls as the caller sees them, waiting for a connection included.</p>
      ${healthText(healthOf(edge.now, edge.before))} ${figureTable(edge)}
      <fd-traffic-sparks component=${edge.to} .queries=${callQueries(edge.from, edge.to, toKind)}></fd-traffic-sparks>
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

  private end(id: string): TemplateResult {
    return html`<button
      class="link"
      @click=${() => {
        this.choose("node-choose", { id });
      }}
    >
      <fd-service-chip name=${id}></fd-service-chip>
    </button>`;
  }

  private choose(event: "node-choose" | "edge-choose", detail: Readonly<Record<string, string>>): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
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
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-map-part": MapPart;
  }
}
