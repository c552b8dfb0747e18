/** A service's name with the colour that it has in every view. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { seriesColor } from "../charts/colors.js";

@customElement("fd-service-chip")
export class ServiceChip extends LitElement {
  @property() name = "";

  override render(): TemplateResult {
    return html`<i style="background:${seriesColor(this.name)}"></i>${this.name}`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      white-space: nowrap;
    }
    i {
      width: 8px;
      height: 8px;
      border-radius: 2px;
      flex: none;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-service-chip": ServiceChip;
  }
}
