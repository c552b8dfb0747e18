/**
 * The path of the trouble, drawn by its calls: a click on an edge of the map or on the two parts that it joins, which
 * keys can do as well (arrows and Enter); or the list beside it. Calls that touch what is drawn already, or the named component, stand first in the list.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";
import "../../charts/map-graph.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { offeredEdges } from "./offered-edges.js";
import { edgeKey, edgeOfKey } from "./submission-draft.js";

/** Dispatches `path-toggle` {key}. */
@customElement("fd-path-picker")
export class PathPicker extends LitElement {
  @property({ attribute: false }) map: ServiceMap | undefined;
  /** Keys of the calls that are drawn. */
  @property({ attribute: false }) drawn: readonly string[] = [];
  @property() component = "";
  /** The part that a call begins or ends at, until the other one is chosen. */
  @state() private begun: string | undefined;
  @state() private told = "";

  override render(): TemplateResult | typeof nothing {
    const { map, drawn, component } = this;
    if (map === undefined) return html`<p class="soft">Loading the map …</p>`;
    const { near, far } = offeredEdges(map.edges, drawn, component);
    const lit = new Set([
      ...(component === "" ? [] : [component]),
      ...drawn.flatMap((key) => Object.values(edgeOfKey(key))),
    ]);
    return html`
      <fd-service-graph
        .map=${map}
        .lit=${lit.size === 0 ? new Set(map.nodes.map(({ id }) => id)) : lit}
        .chosen=${this.begun ?? drawn.at(-1)}
        purpose="Choose two parts, one after the other, to draw the call between them"
        @node-choose=${(event: CustomEvent<{ readonly id: string }>) => {
          this.join(event.detail.id);
        }}
        @edge-choose=${(event: CustomEvent<{ readonly from: string; readonly to: string }>) => {
          this.toggle(edgeKey(event.detail));
        }}
      ></fd-service-graph>
      <div class="list">
        <p class="small" role="status">${this.told}</p>
        <label
          >Add a call
          <select
            aria-label="Add a call to the path"
            @change=${(event: Event) => {
              const select = event.target as HTMLSelectElement;
              if (select.value !== "") this.toggle(select.value);
              select.value = "";
            }}
          >
            <option value="">caller → callee</option>
            ${group("Goes on from here", near)} ${group(near.length > 0 ? "Others" : "Calls", far)}
          </select></label
        >
        <ol aria-label="Calls of the path">
          ${drawn.map((key) => {
            const { from, to } = edgeOfKey(key);
            return html`<li>
              <span>${to} <span class="soft">hurt</span> ${from}</span>
              <button
                type="button"
                class="quiet"
                aria-label=${`Take out the call from ${from} to ${to}`}
                @click=${() => {
                  this.toggle(key);
                }}
              >
                ${icon("close", 12)}
              </button>
            </li>`;
          })}
        </ol>
        ${drawn.length === 0 ? html`<p class="soft small">None yet. It counts a fifth of the diagnosis.</p>` : nothing}
      </div>
    `;
  }

  /** The second of two parts draws the call between them, whichever way it goes, or takes it out. */
  private join(id: string): void {
    const { begun } = this;
    const call = this.map?.edges.find(({ from, to }) => (from === begun && to === id) || (from === id && to === begun));
    if (call !== undefined) {
      this.toggle(edgeKey(call));
      this.begun = undefined;
    } else {
      this.begun = begun === id ? undefined : id;
      const none = begun === undefined || begun === id ? "" : `No calls between ${begun} and ${id}. `;
      this.told = this.begun === undefined ? "" : `${none}From ${id}: choose the part that it calls, or that calls it.`;
    }
  }

  private toggle(key: string): void {
    const { from, to } = edgeOfKey(key);
    this.told = this.drawn.includes(key) ? `Taken out: ${from} to ${to}.` : `Drawn: ${to} hurt ${from}.`;
    this.dispatchEvent(new CustomEvent("path-toggle", { detail: { key } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
      }
      fd-service-graph {
        display: block;
        height: 380px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: hidden;
      }
      select {
        width: min(100%, 360px);
      }
      ol {
        margin: var(--space-2) 0 0;
        padding-inline-start: var(--space-4);
      }
      li > span {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

function group(label: string, keys: readonly string[]): TemplateResult | typeof nothing {
  if (keys.length === 0) return nothing;
  return html`<optgroup label=${label}>
    ${keys.map((key) => {
      const { from, to } = edgeOfKey(key);
      return html`<option value=${key}>${from} → ${to}</option>`;
    })}
  </optgroup>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-path-picker": PathPicker;
  }
}
