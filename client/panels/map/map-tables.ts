/** `<fd-map-tables>`: the lit parts of the map and the calls between them as two tables. Dispatches `node-choose` {id} and `edge-choose` {from, to}. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";
import { healthOf } from "../../charts/map-health.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { figureRows } from "./map-figures.js";
import { healthText } from "./map-health-text.js";
import type { Measured } from "./map-health-text.js";
import { edgeId } from "./map-scope.js";
import { pivotParts } from "./part-pivots.js";

@customElement("fd-map-tables")
export class MapTables extends LitElement {
  @property({ attribute: false }) map!: ServiceMap;
  /** Ids of the parts that are shown. */
  @property({ attribute: false }) lit: ReadonlySet<string> = new Set();

  constructor() {
    super();
    pivotParts(this);
  }

  override render(): TemplateResult {
    const { map, lit } = this;
    const nodes = map.nodes.filter(({ id }) => lit.has(id));
    const edges = map.edges.filter(({ from, to }) => lit.has(from) && lit.has(to));
    return html`<div class="tables" tabindex="0" role="group" aria-label="The map as tables">
      <table>
        <caption>
          Parts
        </caption>
        ${tableHead("Part")}
        <tbody>
          ${nodes.map((node) =>
            this.row(
              node,
              this.name(node.id, html`<fd-service-chip name=${node.id}></fd-service-chip>`, "node-choose", {
                id: node.id,
              }),
            ),
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
            this.row(
              edge,
              this.name(edgeId(edge), html`${edge.from} → ${edge.to}`, "edge-choose", {
                from: edge.from,
                to: edge.to,
              }),
            ),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private name(part: string, text: TemplateResult, event: string, detail: unknown): TemplateResult {
    return html`<button
      class="link"
      data-part=${part}
      @click=${() => {
        this.dispatchEvent(new CustomEvent(event, { detail }));
      }}
    >
      ${text}
    </button>`;
  }

  private row({ now, before }: Measured, name: TemplateResult): TemplateResult {
    return html`<tr>
      <td>${name}</td>
      ${figureRows(now, before).map((row) => html`<td class="number">${row.now}<br /><span class="soft">${row.before}</span></td>`)}
      <td>${healthText(healthOf(now, before))}</td>
    </tr>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
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
    `,
  ];
}

const HEADS: Readonly<Record<string, string>> = { rate: "Rate", errors: "Errors" };

function tableHead(first: string): TemplateResult {
  return html`<thead>
    <tr>
      <th>${first}</th>
      ${figureRows(undefined, undefined).map(({ name }) => html`<th class="number">${HEADS[name] ?? name}<br />before</th>`)}
      <th>Against before</th>
    </tr>
  </thead>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-map-tables": MapTables;
  }
}
