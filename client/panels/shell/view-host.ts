/** Shows one view by its id: fetches its element when it is first opened, and says so where there is none. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { html as staticHtml, unsafeStatic } from "lit/static-html.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { beginActivity, endActivity } from "../../state/activity.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { viewById } from "../registry.js";
import { VIEW_LOADERS } from "../view-loaders.js";

@customElement("fd-view-host")
export class ViewHost extends LitElement {
  /** Id of the view (registry.ts). */
  @property() view = "";
  /** Where to go from a view that does not exist. */
  @property({ attribute: "home-href" }) homeHref = "/";
  @consume({ context: runContext }) private readonly run!: RunContext;
  @state() private readonly loaded = new Set<string>();
  @state() private broken: string | undefined;

  /** Whether the server was gone when a view could not be loaded: it is tried again with the line. */
  private waitsForServer = false;

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["connection"] });
  }

  /** The element of the view that is shown. */
  get shown(): Element | null {
    return this.renderRoot.firstElementChild;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { view } = this;
    if (this.waitsForServer && this.run.store.connection === "connected") {
      this.waitsForServer = false;
      this.broken = undefined;
    }
    if (viewById(view) !== undefined && !this.loaded.has(view) && this.broken !== view) void this.load(view);
  }

  override render(): TemplateResult {
    const { view } = this;
    if (viewById(view) === undefined) {
      return html`<fd-empty-state heading="There is no view of this name">
        <a href=${this.homeHref}>Go to the brief</a>
      </fd-empty-state>`;
    }
    if (this.broken === view) {
      const why = this.waitsForServer ? "The server does not answer. The view opens by itself once it is back." : "";
      return html`<fd-empty-state heading="This view could not be loaded">
        <p>${why}</p>
        <button
          @click=${() => {
            this.broken = undefined;
          }}
        >
          Try again
        </button>
      </fd-empty-state>`;
    }
    if (!this.loaded.has(view)) return html``;
    const tag = unsafeStatic(`fd-view-${view}`);
    return staticHtml`<${tag}></${tag}>`;
  }

  private async load(view: string): Promise<void> {
    beginActivity();
    try {
      await VIEW_LOADERS.get(view)?.();
      this.loaded.add(view);
    } catch {
      this.broken = view;
      this.waitsForServer = this.run.store.connection !== "connected";
    }
    this.requestUpdate();
    void this.updateComplete.then(endActivity);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        /* A view that fills the space takes its height from here; a longer one goes beyond and is scrolled. */
        display: grid;
        grid-template-rows: 100%;
        align-items: start;
        height: 100%;
      }
      :host > * {
        display: block;
        min-width: 0;
        min-height: 100%;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-host": ViewHost;
  }
}
