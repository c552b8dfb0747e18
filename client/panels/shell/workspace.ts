/**
 * The workspace of one run: session bar, rail, the open view, the notebook's dock and the change ribbon. Owns the run's
 * store and its window of time for as long as the run is open, and hands them down as contexts.
 */
import { provide, consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { html as staticHtml, unsafeStatic } from "lit/static-html.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { createRunQueries } from "../../net/api.js";
import { beginActivity, endActivity } from "../../state/activity.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { CrosshairModel } from "../../state/crosshair.js";
import { applyPreferences, readPreferences, writePreferences } from "../../state/preferences.js";
import type { Preferences } from "../../state/preferences.js";
import { RunStore } from "../../state/run-store.js";
import { TimeModel } from "../../state/time-model.js";
import type { UrlState } from "../../state/url-state.js";
import { viewById } from "../registry.js";
import { VIEW_LOADERS } from "../view-loaders.js";
import "./change-ribbon.js";
import "./help-sheet.js";
import { LookRecorder } from "./look-recorder.js";
import "./rail.js";
import "./session-bar.js";
import { RangeClipboard } from "./range-clipboard.js";
import { createShellActions } from "./shell-actions.js";
import { ShortcutController } from "./shortcut-controller.js";

@customElement("fd-workspace")
export class Workspace extends LitElement {
  @property({ attribute: "run-id" }) runId = "";
  @consume({ context: urlContext }) @state() private url!: UrlState;
  @provide({ context: runContext }) @state() private run!: RunContext;
  @provide({ context: timeContext }) @state() private time!: TimeModel;
  @provide({ context: crosshairContext }) private crosshair!: CrosshairModel;
  @state() private readonly loadedViews = new Set<string>();
  @state() private brokenView: string | undefined;
  @state() private helpOpen = false;
  @state() private paletteOpen = false;
  /** Whether the palette's element has been fetched: with its first opening. */
  @state() private paletteReady = false;
  @state() private preferences: Preferences = readPreferences(localStorage);
  @state() private dockReady = false;
  /** Whether the run has arrived or was refused: what the page's idle flag waits for. */
  private settled = false;

  private readonly shell = createShellActions({
    url: () => this.url,
    run: () => this.run,
    time: () => (this.ready ? this.time : undefined),
    crosshair: () => this.crosshair,
    view: () => this.renderRoot.querySelector("main")?.firstElementChild ?? null,
    toggleHelp: () => {
      this.helpOpen = !this.helpOpen;
    },
    togglePalette: () => this.togglePalette(),
    toggleDock: () => this.prefer({ dock: !this.preferences.dock }),
    pickTime: () => this.renderRoot.querySelector("fd-session-bar")?.pickTime(),
    prefer: (change) => this.prefer(change),
  });

  constructor() {
    super();
    new StoreController(
      this,
      {
        target: () => this.run.store,
        events: ["changed", "connection", "failed"],
      },
      { target: () => this.url, events: ["changed"] },
    );
    new LookRecorder(this, () => (this.ready ? { url: this.url, run: this.run, time: this.time } : undefined));
    new RangeClipboard(this, () => (this.ready ? this.time : undefined));
    new ShortcutController(this, {
      singleKeys: () => this.preferences.shortcuts,
      view: () => this.url.view,
      shell: this.shell,
    });
  }

  override connectedCallback(): void {
    const store = new RunStore(this.runId);
    this.run = { runId: this.runId, store, queries: createRunQueries(this.runId) };
    super.connectedCallback();
    this.crosshair = new CrosshairModel(this.url);
    beginActivity();
    store.addEventListener("changed", () => {
      if (!this.ready) this.time = new TimeModel(this.url, store);
      this.settle();
    });
    store.addEventListener("failed", () => {
      this.settle();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.store.close();
    if (this.ready) this.time.close();
    this.crosshair.close();
    this.settle();
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    void this.updateComplete.then(endActivity);
  }

  private get ready(): boolean {
    return (this.time as TimeModel | undefined) !== undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    const { view } = this.url;
    if (viewById(view) !== undefined && !this.loadedViews.has(view) && this.brokenView !== view) void this.load(view);
    if (this.preferences.dock && !this.dockReady) void this.loadDock();
    document.title = `${viewById(view)?.title ?? "Firedrill"} · ${this.run.store.loaded ? this.run.store.snapshot.run.scenarioTitle : "Firedrill"}`;
  }

  override render(): TemplateResult {
    const { store } = this.run;
    if (!store.loaded || !this.ready) return this.waiting();
    return html`<a class="skip" href="#view" @click=${this.skipToView}>Skip to the view</a>
      <fd-session-bar
        .preferences=${this.preferences}
        @preferences=${(event: CustomEvent<Partial<Preferences>>) => {
          this.prefer(event.detail);
        }}
        @help=${() => {
          this.helpOpen = true;
        }}
        @palette=${() => this.togglePalette()}
      ></fd-session-bar>
      ${this.banner()}
      <fd-rail .current=${this.url.view}></fd-rail>
      <main id="view" tabindex="-1">${this.view()}</main>
      ${this.dock()}
      <fd-change-ribbon></fd-change-ribbon>
      <fd-help-sheet
        .open=${this.helpOpen}
        .shortcuts=${this.preferences.shortcuts}
        .view=${this.url.view}
        @close=${() => {
          this.helpOpen = false;
        }}
        @shortcuts=${(event: CustomEvent<boolean>) => {
          this.prefer({ shortcuts: event.detail });
        }}
      ></fd-help-sheet>
      ${this.palette()}`;
  }

  private palette(): TemplateResult | typeof nothing {
    if (!this.paletteReady) return nothing;
    return html`<fd-command-palette
      .open=${this.paletteOpen}
      .shell=${this.shell}
      @close=${() => {
        this.paletteOpen = false;
      }}
    ></fd-command-palette>`;
  }

  private waiting(): TemplateResult {
    const { store } = this.run;
    if (store.failure !== undefined) {
      return html`<div class="alone">
        <fd-error-notice .error=${store.failure}></fd-error-notice>
        <p><a href="/">Back to the start page</a></p>
      </div>`;
    }
    const text = store.connection === "lost" ? "The server does not answer; trying again" : "Opening the world";
    return html`<div class="alone"><fd-progress label=${text}></fd-progress></div>`;
  }

  private banner(): TemplateResult | typeof nothing {
    const { store } = this.run;
    if (store.failure !== undefined) {
      return html`<div class="banner">
        <fd-error-notice .error=${store.failure}></fd-error-notice>
        <span class="soft"
          >The world of this run has stopped; what it kept can still be read. <a href="/">Start page</a></span
        >
      </div>`;
    }
    if (store.connection !== "lost") return nothing;
    return html`<div class="banner" role="status">
      The line to the server is broken; trying again. Commands wait and are sent once it is back.
    </div>`;
  }

  private view(): TemplateResult {
    const { view } = this.url;
    if (viewById(view) === undefined) {
      return html`<fd-empty-state heading="There is no view of this name">
        <a href=${this.url.href("brief")}>Go to the brief</a>
      </fd-empty-state>`;
    }
    if (this.brokenView === view) {
      return html`<fd-empty-state heading="This view could not be loaded">
        <button
          @click=${() => {
            this.brokenView = undefined;
          }}
        >
          Try again
        </button>
      </fd-empty-state>`;
    }
    if (!this.loadedViews.has(view)) return html``;
    const tag = unsafeStatic(`fd-view-${view}`);
    return staticHtml`<${tag}></${tag}>`;
  }

  private dock(): TemplateResult {
    const open = this.preferences.dock && this.url.view !== "notebook";
    return html`<aside aria-label="Notebook" ?hidden=${!open}>
      ${open && this.dockReady ? html`<fd-notebook></fd-notebook>` : nothing}
    </aside>`;
  }

  private async load(view: string): Promise<void> {
    beginActivity();
    try {
      await VIEW_LOADERS.get(view)?.();
      this.loadedViews.add(view);
    } catch {
      this.brokenView = view;
    }
    this.requestUpdate();
    void this.updateComplete.then(endActivity);
  }

  private async loadDock(): Promise<void> {
    this.dockReady = await import("../notebook/notebook.js").then(
      () => true,
      () => false,
    );
  }

  private prefer(change: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...change };
    writePreferences(localStorage, this.preferences);
    applyPreferences(document.documentElement, this.preferences);
  }

  private togglePalette(): void {
    this.paletteOpen = !this.paletteOpen;
    if (this.paletteReady) return;
    void import("./palette.js").then(() => {
      this.paletteReady = true;
    });
  }

  private readonly skipToView = (event: Event): void => {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>("#view")?.focus();
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template: auto auto minmax(0, 1fr) auto / auto minmax(0, 1fr) auto;
        grid-template-areas: "bar bar bar" "banner banner banner" "rail view dock" "rail ribbon dock";
        height: 100%;
      }
      fd-session-bar {
        grid-area: bar;
      }
      .banner {
        grid-area: banner;
        padding: var(--space-1) var(--space-3);
        border-block-end: 1px solid var(--line);
        background: var(--severity-warning-soft);
      }
      fd-rail {
        grid-area: rail;
      }
      main {
        grid-area: view;
        overflow: auto;
        min-width: 0;
        position: relative;
      }
      main:focus-visible {
        outline-offset: -2px;
      }
      main > * {
        display: block;
        min-height: 100%;
      }
      aside {
        grid-area: dock;
        width: min(360px, 40vw);
        overflow: auto;
        border-inline-start: 1px solid var(--line);
        background: var(--surface-1);
      }
      fd-change-ribbon {
        grid-area: ribbon;
      }
      .alone {
        grid-area: 1 / 1 / -1 / -1;
        place-self: center;
        max-width: 560px;
        padding: var(--space-4);
      }
      .skip {
        position: absolute;
        inset-block-start: -100px;
        inset-inline-start: var(--space-2);
        background: var(--surface-1);
        padding: var(--space-2);
        z-index: 10;
      }
      .skip:focus {
        inset-block-start: var(--space-1);
      }
      @media (max-width: 900px) {
        :host {
          height: auto;
          min-height: 100%;
          grid-template: auto auto auto auto auto / auto minmax(0, 1fr);
          grid-template-areas: "bar bar" "banner banner" "rail view" "rail ribbon" "rail dock";
        }
        aside {
          width: auto;
          border-block-start: 1px solid var(--line);
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-workspace": Workspace;
  }
}
