/**
 * A value that can be pivoted on: `<fd-pivot-menu .subject=${{field, value, service, atUs, traceId}}>shown</fd-pivot-menu>`.
 * Opens a menu below the value; the browser closes it on Escape or a click elsewhere. Dispatches `include` and `exclude`
 * {field, value} (bubbling, composed) where `filterable`, also on the keys `i` and `x` while the value has the focus, and
 * `pin` {field, value} where `pinnable`. The keys come as the shell's `fd-command`: `m` opens the menu. With `detached` it
 * shows nothing of itself and is opened by `openAt`, for marks that are drawn (controllers/pivot-controller.ts).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { urlContext } from "../state/contexts.js";
import type { UrlState } from "../state/url-state.js";
import { icon } from "./icons.js";
import { menuKey } from "./menu-keys.js";
import { menuStyles, placeMenu } from "./menu.styles.js";
import { compareItem, pivotItems } from "./pivots.js";
import type { PivotSubject } from "./pivots.js";
import { sharedStyles } from "./shared.styles.js";

const VALUE_EVENTS: ReadonlyMap<string, "include" | "exclude"> = new Map([
  ["value.include", "include"],
  ["value.exclude", "exclude"],
]);

@customElement("fd-pivot-menu")
export class PivotMenu extends LitElement {
  @property({ attribute: false }) subject: PivotSubject = { field: "", value: "" };
  @property({ type: Boolean }) filterable = false;
  @property({ type: Boolean }) pinnable = false;
  @property({ type: Boolean }) detached = false;
  /** Whether Tab stops here; in a list that is one stop it does so on one value only. */
  @property({ attribute: false }) tabStop = true;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @state() private open = false;
  @query(".menu") private readonly menu!: HTMLElement | null;
  @query(".value") private readonly trigger!: HTMLElement | null;
  private anchor: DOMRectReadOnly | undefined;
  private returnTo: HTMLElement | SVGElement | undefined;

  /** Beside `anchor`; the focus goes back to `returnTo` when the menu closes. */
  openAt(subject: PivotSubject, anchor: DOMRectReadOnly, returnTo: HTMLElement | SVGElement | undefined): void {
    this.subject = subject;
    this.anchor = anchor;
    this.returnTo = returnTo;
    this.open = true;
  }

  override render(): TemplateResult {
    const { field, value } = this.subject;
    if (this.detached) return html`${this.open ? this.items() : nothing}`;
    return html`<button
        class="value"
        tabindex=${this.tabStop ? nothing : "-1"}
        aria-haspopup="menu"
        aria-expanded=${this.open ? "true" : "false"}
        title="${field}: ${value}. Click, or m, for where to go from here."
        @click=${this.toggle}
      >
        <slot>${value}</slot>
      </button>
      ${this.open ? this.items() : nothing}`;
  }

  override focus(options?: FocusOptions): void {
    this.trigger?.focus(options);
  }

  private items(): TemplateResult {
    const { subject, url } = this;
    return html`<div
      class="menu"
      popover="auto"
      role="menu"
      aria-label="From ${subject.value}"
      @toggle=${this.toggled}
      @keydown=${this.pressed}
    >
      ${
        url === undefined
          ? nothing
          : pivotItems(subject).map(
              (item, index, all) =>
                html`${index > 0 && all[index - 1]?.group !== item.group ? html`<div role="separator"></div>` : nothing}<a
                    role="menuitem"
                    tabindex="-1"
                    href=${url.href(item.view, item.values)}
                    @click=${this.hide}
                    >${icon(item.icon, 14)}<span>${item.title}</span></a
                  >`,
            )
      }
      <div role="separator"></div>
      ${
        this.filterable
          ? html`${this.command("include", "include", "Only with this value", "i")}${this.command("exclude", "exclude", "Without this value", "x")}`
          : nothing
      }
      ${this.pinnable ? this.command("pin", "pin", "Pin to the notebook") : nothing}
      <button
        role="menuitem"
        tabindex="-1"
        @click=${() => {
          this.copy(subject.value);
        }}
      >
        ${icon("copy", 14)}<span>Copy</span>
      </button>
      <button
        role="menuitem"
        tabindex="-1"
        @click=${() => {
          this.copy(`${subject.field}=${subject.value}`);
        }}
      >
        ${icon("copy", 14)}<span>${`Copy as ${subject.field}=…`}</span>
      </button>
    </div>`;
  }

  private command(name: string, iconName: string, title: string, key?: string): TemplateResult {
    return html`<button
      role="menuitem"
      tabindex="-1"
      @click=${() => {
        this.hide();
        this.tell(name);
      }}
    >
      ${icon(iconName, 14)}<span>${title}</span>${key === undefined ? nothing : html`<kbd>${key}</kbd>`}
    </button>`;
  }

  private tell(name: string): void {
    const { field, value } = this.subject;
    this.dispatchEvent(new CustomEvent(name, { detail: { field, value }, bubbles: true, composed: true }));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("fd-command", this.commanded);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("fd-command", this.commanded);
  }

  /** Keys of values (elements/value-commands.ts), while this one has the focus. */
  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    const name = VALUE_EVENTS.get(id);
    if (name !== undefined && this.filterable) {
      event.stopPropagation();
      this.tell(name);
    }
    if (id === "value.menu") {
      event.stopPropagation();
      this.open = true;
    }
    const compare = id === "value.compare" ? compareItem(this.subject) : undefined;
    if (compare === undefined) return;
    event.stopPropagation();
    this.url?.open(compare.view, compare.values);
  };

  override updated(): void {
    const { menu } = this;
    if (menu === null || menu.matches(":popover-open")) return;
    menu.showPopover();
    placeMenu(menu, this.anchor ?? this.trigger?.getBoundingClientRect() ?? new DOMRect());
    this.entries()[0]?.focus();
  }

  private entries(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  }

  private readonly toggle = (event: Event): void => {
    event.stopPropagation();
    this.open = !this.open;
  };

  private readonly hide = (): void => {
    this.open = false;
    (this.trigger ?? this.returnTo)?.focus();
  };

  private readonly toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState === "closed") this.open = false;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    menuKey(event, this.entries(), this.hide);
  };

  private copy(text: string): void {
    void navigator.clipboard.writeText(text);
    this.hide();
  }

  static override styles = [
    sharedStyles,
    menuStyles,
    css`
      :host {
        display: inline;
      }
      .value {
        display: inline-block;
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        vertical-align: bottom;
        border: 0;
        border-radius: 0;
        background: none;
        padding: 0;
        min-height: 0;
        font: inherit;
        color: inherit;
        white-space: inherit;
        text-align: start;
        text-decoration: underline dotted var(--line-strong);
        text-underline-offset: 3px;
        overflow-wrap: anywhere;
      }
      ::slotted(fd-service-chip) {
        border-block-end: 1px dotted var(--line-strong);
      }
      .value:hover:not(:disabled) {
        background: none;
        color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-pivot-menu": PivotMenu;
  }
}
