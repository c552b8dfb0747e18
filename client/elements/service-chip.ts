/**
 * A service's name with the colour that it has in every view. A long name is cut and said whole by its tip; one that is
 * written from right to left does not turn what stands beside it.
 */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { seriesColor } from "../charts/colors.js";

@customElement("fd-service-chip")
export class ServiceChip extends LitElement {
  @property() name = "";

  override render(): TemplateResult {
    return html`<i style="background:${seriesColor(this.name)}"></i><bdi title=${this.name}>${this.name}</bdi>`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-width: 0;
      max-width: 100%;
      white-space: nowrap;
    }
    bdi {
      max-width: 36ch;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    i {
      width: 8px;
      height: 8px;
      border-radius: 2px;
      flex: none;
      forced-color-adjust: none;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-service-chip": ServiceChip;
  }
}
