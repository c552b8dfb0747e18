/** Theme and density of this browser, as two choices in a menu of the session bar. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { DEFAULT_PREFERENCES } from "../../state/preferences.js";
import type { Preferences } from "../../state/preferences.js";

const THEMES: readonly (readonly [Preferences["theme"], string])[] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const DENSITIES: readonly (readonly [Preferences["density"], string])[] = [
  ["compact", "Compact"],
  ["comfortable", "Comfortable"],
];

/** Dispatches `preferences` (a part of them). */
@customElement("fd-appearance-menu")
export class AppearanceMenu extends LitElement {
  @property({ attribute: false }) preferences: Preferences = DEFAULT_PREFERENCES;
  @state() private open = false;
  @query(".sheet") private readonly sheet!: HTMLElement | null;
  @query("button") private readonly trigger!: HTMLElement;

  override render(): TemplateResult {
    return html`<button
        class="quiet"
        aria-label="Theme and density"
        title="Theme and density"
        aria-haspopup="dialog"
        aria-expanded=${this.open ? "true" : "false"}
        @click=${this.toggle}
      >
        ${icon("theme")}
      </button>
      ${this.open ? this.choices() : nothing}`;
  }

  private choices(): TemplateResult {
    const { theme, density } = this.preferences;
    return html`<div
      class="sheet"
      popover="auto"
      role="dialog"
      aria-label="Theme and density"
      @toggle=${(event: Event) => {
        if ((event as ToggleEvent).newState === "closed") this.open = false;
      }}
    >
      <fieldset>
        <legend class="small soft">Theme</legend>
        ${THEMES.map(([value, title]) => this.choice("theme", title, value === theme, { theme: value }))}
      </fieldset>
      <fieldset>
        <legend class="small soft">Density</legend>
        ${DENSITIES.map(([value, title]) => this.choice("density", title, value === density, { density: value }))}
      </fieldset>
    </div>`;
  }

  private choice(name: string, title: string, chosen: boolean, change: Partial<Preferences>): TemplateResult {
    return html`<label
      ><input
        type="radio"
        name=${name}
        .checked=${chosen}
        @change=${() => this.dispatchEvent(new CustomEvent("preferences", { detail: change }))}
      />
      ${title}</label
    >`;
  }

  override updated(): void {
    const { sheet } = this;
    if (sheet === null || sheet.matches(":popover-open")) return;
    sheet.showPopover();
    const anchor = this.trigger.getBoundingClientRect();
    sheet.style.top = `${String(anchor.bottom + 4)}px`;
    sheet.style.left = `${String(Math.max(4, Math.min(anchor.left, window.innerWidth - sheet.offsetWidth - 8)))}px`;
    sheet.querySelector<HTMLElement>("input:checked")?.focus();
  }

  private readonly toggle = (): void => {
    this.open = !this.open;
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-flex;
      }
      button {
        min-width: var(--control);
        padding: 0 6px;
      }
      .sheet {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--space-3);
        color: var(--ink);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
      }
      fieldset + fieldset {
        margin-block-start: var(--space-3);
      }
      legend {
        padding: 0;
      }
      label {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 26px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-appearance-menu": AppearanceMenu;
  }
}
