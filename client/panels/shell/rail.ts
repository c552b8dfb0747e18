/** All views of the run in groups. Icons alone where the window is narrow, a menu where it is a phone's. */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { viewById } from "../registry.js";
import type { ViewEntry } from "../registry.js";
import { railGroups } from "./rail-groups.js";
import { railStyles } from "./rail.styles.js";

@customElement("fd-rail")
export class Rail extends LitElement {
  @property() current = "";
  /** The view that the guide points at. */
  @property({ attribute: false }) guided: string | undefined;
  @consume({ context: urlContext }) @state() private url!: UrlState;
  @consume({ context: runContext }) @state() private run!: RunContext;
  /** On a phone: whether the menu is unfolded. */
  @state() private unfolded = false;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"], unseen: true },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const marked = viewById(this.current)?.within ?? this.current;
    const debriefed = this.run.store.snapshot.run.state === "debriefed";
    return html`<button
        class="menu"
        aria-expanded=${this.unfolded ? "true" : "false"}
        aria-controls="views"
        @click=${() => {
          this.unfolded = !this.unfolded;
        }}
      >
        ${icon("menu")}${viewById(marked)?.title ?? "Views"}
      </button>
      <nav
        id="views"
        aria-label="Views"
        class=${this.unfolded ? "unfolded" : ""}
        @click=${this.fold}
        @keydown=${this.escaped}
      >
        ${railGroups(debriefed).map(
          ({ title, views }) =>
            html`<div role="group" aria-label=${title}>
              <span class="group small soft" aria-hidden="true">${title}</span>
              ${views.map((view) => this.link(view, view.id === marked))}
            </div>`,
        )}
      </nav>`;
  }

  private link({ id, title, icon: name, key }: ViewEntry, marked: boolean): TemplateResult {
    const exhibits = id === "notebook" ? this.run.store.snapshot.notebook.exhibits.length : 0;
    return html`<a
      class=${id === this.guided ? "guided" : ""}
      href=${this.url.href(id)}
      aria-current=${marked ? "page" : nothing}
      title="${title} (g ${key ?? ""})"
      >${icon(name)}<span class="title">${title}</span>${
        exhibits > 0
          ? html`<span class="count small soft">${exhibits}<span class="visually-hidden"> exhibits</span></span>`
          : nothing
      }</a
    >`;
  }

  private readonly fold = (): void => {
    this.unfolded = false;
  };

  private readonly escaped = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.fold();
  };

  static override styles = [sharedStyles, railStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-rail": Rail;
  }
}
