/** How a part of the map does against before, and its figures: as the table and the chosen part show them. */
import { html } from "lit";
import type { TemplateResult } from "lit";
import type { TrafficFigures } from "../../../server/wire/telemetry.js";
import type { Health } from "../../charts/map-health.js";
import { icon } from "../../elements/icons.js";
import { figureRows } from "./map-figures.js";

export interface Measured {
  readonly now?: TrafficFigures;
  readonly before?: TrafficFigures;
}

/** Symbol, colour and words together. */
export function healthText({ severity, reasons, rateFactor }: Health): TemplateResult {
  if (severity === "unknown") return html`<span class="soft">not measured</span>`;
  if (reasons.length === 0 && rateFactor === undefined) return html`<span class="soft">new: nothing before</span>`;
  if (reasons.length === 0) return html`<span class="soft">as before</span>`;
  return html`<span class=${severity}>${icon(severity, 14)} ${reasons.join(", ")}</span>`;
}

export function figureTable({ now, before }: Measured): TemplateResult {
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
