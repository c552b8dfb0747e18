/**
 * The workspace of one run: session bar, rail, the open view or two side by side, the notebook's dock and the change
 * ribbon. Owns the run's store, its window of time and the crosshair for as long as the run is open, and hands them
 * down as contexts.
 */
import { provide, consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import "../../elements/splitter.js";
import { createRunQueries } from "../../net/api.js";
import { beginActivity, endActivity } from "../../state/activity.js";
import { pageStorage } from "../../state/browser-storage.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { CrosshairModel } from "../../state/crosshair.js";
import { applyPreferences, readPreferences, writePreferences } from "../../state/preferences.js";
import type { Preferences } from "../../state/preferences.js";
import { pageQuestions } from "../../state/question-watch.js";
import { RunStore } from "../../state/run-store.js";
import { APART_PARAMETER, formatSplit, SPLIT_PARAMETER, swapSides } from "../../state/split-url.js";
import { TimeModel } from "../../state/time-model.js";
import { mergeParameters, SHARED_PARAMETERS } from "../../state/url-state.js";
import type { UrlState } from "../../state/url-state.js";
import { viewById } from "../registry.js";
import { VIEW_LOADERS } from "../view-loaders.js";
import "../insight/insight.js";
import type { NotebookPanel } from "../notebook/notebook.js";
import "./change-ribbon.js";
import { FocusKeeper } from "./focus-keeper.js";
import "./help-sheet.js";
import { LookRecorder } from "./look-recorder.js";
import "./rail.js";
import { RangeClipboard } from "./range-clipboard.js";
import "./run-banner.js";
import "./run-failed.js";
import "./run-missing.js";
import "./session-bar.js";
import { sharedAddress } from "./share.js";
import { createShellActions } from "./shell-actions.js";
import { ShortcutController } from "./shortcut-controller.js";
import "./side-pane.js";
import type { SidePane } from "./side-pane.js";
import "./view-host.js";
import type { ViewHost } from "./view-host.js";
import { ViewWarmer } from "./view-warmer.js";
import { workspaceStyles } from "./workspace.styles.js";

/** How long a notice ("Link copied") stands. */
const NOTICE_MS = 3_000;

/** Views whose first line is a heading of their own. */
const WITH_HEADING: ReadonlySet<string> = new Set(["brief", "alerts", "slo", "trace", "compare", "debrief"]);

/** Instead of the id of a view, while the run is loading. */
const WAITING = "waiting";

type Moved = CustomEvent<{ readonly value: number; readonly done: boolean }>;

/** Fetched when they are first opened. */
const loadPalette = (): Promise<unknown> => import("./palette.js");
const loadNotebook = (): Promise<unknown> => import("../notebook/notebook.js");

@customElement("fd-workspace")
export class Workspace extends LitElement {
  @property({ attribute: "run-id" }) runId = "";
  /** Whether it was come to from another page of the application, and not by its address. */
  @property({ type: Boolean }) entered = false;
  @consume({ context: urlContext }) @state() private url!: UrlState;
  @provide({ context: runContext }) @state() private run!: RunContext;
  @provide({ context: timeContext }) @state() private time!: TimeModel;
  @provide({ context: crosshairContext }) private crosshair!: CrosshairModel;
  @state() private helpOpen = false;
  @state() private paletteOpen = false;
  /** Whether the palette's element has been fetched: with its first opening. */
  @state() private paletteReady = false;
  @state() private preferences: Preferences = readPreferences(pageStorage);
  @state() private dockReady = false;
  @state() private notice = "";
  /** The side of a split that keys and commands go to. */
  @state() private activeSide: "left" | "right" = "left";
  @query("main > fd-view-host") private readonly host!: ViewHost | null;
  @query("fd-side-pane") private readonly side!: SidePane | null;
  /** Whether the run has arrived or was refused: what the page's idle flag waits for. */
  private settled = false;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;
  private shownView = "";
  private readonly focusKeeper = new FocusKeeper(this, {
    view: () => this.renderRoot.querySelector<HTMLElement>("main, .alone"),
  });

  private readonly shell = createShellActions({
    url: () => this.activeUrl,
    run: () => this.run,
    time: () => this.activeTime,
    crosshair: () => this.crosshair,
    view: () => (this.activePane === undefined ? (this.host?.shown ?? null) : this.activePane.shownView),
    toggleHelp: () => {
      this.helpOpen = !this.helpOpen;
    },
    togglePalette: () => this.togglePalette(),
    toggleDock: () => this.prefer({ dock: !this.preferences.dock }),
    pickTime: () => {
      if (this.activePane?.pickTime() !== true) this.renderRoot.querySelector("fd-session-bar")?.pickTime();
    },
    toggleSplit: () => this.toggleSplit(),
    focusView: () => (this.activePane ?? this.renderRoot.querySelector("main"))?.focus({ preventScroll: true }),
    focusOtherSide: () => this.focusOtherSide(),
    copyLink: () => void this.copyLink(),
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
    new ViewWarmer(this, [...VIEW_LOADERS.values(), loadPalette, loadNotebook]);
    new RangeClipboard(this, () => this.activeTime);
    new ShortcutController(this, {
      singleKeys: () => this.preferences.shortcuts,
      view: () => this.activeUrl.view,
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
    store.addEventListener("connection", () => {
      if (store.connection === "connected") pageQuestions.askUnreachedAgain();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.run.store.close();
    if (this.ready) this.time.close();
    this.crosshair.close();
    clearTimeout(this.noticeTimer);
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

  private get split(): boolean {
    return this.url.get(SPLIT_PARAMETER) !== undefined;
  }

  /** The right side while it is the active one. */
  private get activePane(): SidePane | undefined {
    return this.split && this.activeSide === "right" ? (this.side ?? undefined) : undefined;
  }

  private get activeUrl(): UrlState {
    return this.activePane?.url ?? this.url;
  }

  /** Undefined while the run is loading. */
  private get activeTime(): TimeModel | undefined {
    return this.ready ? (this.activePane?.time ?? this.time) : undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.preferences.dock && !this.dockReady) void this.loadDock();
    const title = this.run.store.loaded ? this.run.store.snapshot.run.scenarioTitle : "Firedrill";
    const page = `${viewById(this.url.view)?.title ?? "Firedrill"} · ${title}`;
    if (document.title !== page) document.title = page;
  }

  override updated(): void {
    const before = this.shownView;
    const shown = this.ready ? this.url.view : WAITING;
    if (shown === before) return;
    this.shownView = shown;
    if ((before !== "" && before !== WAITING) || this.entered) this.focusKeeper.viewOpened();
  }

  override render(): TemplateResult {
    const { store } = this.run;
    if (!store.loaded || !this.ready) return this.waiting();
    return html`<nav class="skips" aria-label="Past the bars">
        <a class="skip" href="#view" @click=${this.skipToView}>Skip to the view</a>
      </nav>
      <fd-session-bar
        .preferences=${this.preferences}
        .split=${this.split}
        @preferences=${(event: CustomEvent<Partial<Preferences>>) => this.prefer(event.detail)}
        @help=${() => this.shell.toggleHelp()}
        @palette=${() => this.shell.togglePalette()}
        @share=${() => this.shell.copyLink()}
        @split=${() => this.shell.toggleSplit()}
      ></fd-session-bar>
      <fd-run-banner></fd-run-banner>
      <fd-insight .dock=${() => this.renderRoot.querySelector<NotebookPanel>(".dock fd-notebook")}></fd-insight>
      <fd-rail .current=${this.url.view}></fd-rail>
      ${this.stage()} ${this.dock()}
      <fd-change-ribbon></fd-change-ribbon>
      <fd-help-sheet
        .open=${this.helpOpen}
        .shortcuts=${this.preferences.shortcuts}
        .view=${this.activeUrl.view}
        @close=${() => {
          this.helpOpen = false;
        }}
        @shortcuts=${(event: CustomEvent<boolean>) => this.prefer({ shortcuts: event.detail })}
      ></fd-help-sheet>
      ${this.palette()}
      <p class="notice" role="status">${this.notice}</p>`;
  }

  private stage(): TemplateResult {
    const { split } = this;
    const { splitShare } = this.preferences;
    return html`<div class="stage ${split ? `split ${this.activeSide}` : ""}">
      <main
        id="view"
        tabindex="-1"
        aria-label=${viewById(this.url.view)?.title ?? "View"}
        style=${split ? `flex-grow:${String(splitShare)}` : ""}
        @focusin=${this.leftActive}
        @pointerdown=${this.leftActive}
      >
        ${WITH_HEADING.has(this.url.view) ? nothing : html`<h1 class="visually-hidden">${viewById(this.url.view)?.title ?? "View"}</h1>`}
        <fd-view-host .view=${this.url.view} home-href=${this.url.href("brief")}></fd-view-host>
      </main>
      ${
        split
          ? html`<fd-splitter
                label="Width of the left view"
                .value=${splitShare}
                @splitter-move=${({ detail }: Moved) => this.prefer({ splitShare: detail.value }, detail.done)}
              ></fd-splitter>
              <fd-side-pane
                role="region"
                aria-label="View on the right"
                tabindex="-1"
                style="flex-grow:${100 - splitShare}"
                @focusin=${this.rightActive}
                @pointerdown=${this.rightActive}
                @close=${() => this.toggleSplit()}
                @swap=${() => this.url.openAddress(swapSides(this.url.address))}
              ></fd-side-pane>`
          : nothing
      }
    </div>`;
  }

  private dock(): TemplateResult {
    const { dock, dockShare } = this.preferences;
    const open = dock && this.url.view !== "notebook";
    return html`<aside class="dock" aria-label="Notebook" ?hidden=${!open} style="width:${dockShare}vw">
      <fd-splitter
        label="Width of the notebook"
        reverse
        .value=${dockShare}
        .min=${15}
        .max=${60}
        .against=${() => this}
        @splitter-move=${({ detail }: Moved) => this.prefer({ dockShare: detail.value }, detail.done)}
      ></fd-splitter>
      <div class="pane">${open && this.dockReady ? html`<fd-notebook></fd-notebook>` : nothing}</div>
    </aside>`;
  }

  private palette(): TemplateResult | typeof nothing {
    if (!this.paletteReady) return nothing;
    return html`<fd-command-palette
      .open=${this.paletteOpen}
      .shell=${this.shell}
      .view=${this.activeUrl.view}
      @close=${() => {
        this.paletteOpen = false;
      }}
    ></fd-command-palette>`;
  }

  private waiting(): TemplateResult {
    const { store } = this.run;
    const { failure } = store;
    if (failure?.code === "not-found" || failure?.code === "forbidden")
      return html`<div class="alone"><fd-run-missing run-id=${this.runId}></fd-run-missing></div>`;
    if (failure !== undefined) {
      return html`<div class="alone"><fd-run-failed .facts=${{ runId: this.runId, failure }}></fd-run-failed></div>`;
    }
    const text = store.connection === "lost" ? "The server does not answer; trying again" : "Opening the world";
    return html`<div class="alone" tabindex="-1"><fd-progress label=${text}></fd-progress></div>`;
  }

  private async loadDock(): Promise<void> {
    this.dockReady = await loadNotebook().then(
      () => true,
      () => false,
    );
  }

  /** @param keep whether it is written down, which a drag does at its end */
  private prefer(change: Partial<Preferences>, keep = true): void {
    this.preferences = { ...this.preferences, ...change };
    if (keep) writePreferences(pageStorage, this.preferences);
    applyPreferences(document.documentElement, this.preferences);
  }

  private togglePalette(): void {
    this.paletteOpen = !this.paletteOpen;
    if (this.paletteReady) return;
    void loadPalette().then(() => {
      this.paletteReady = true;
    });
  }

  /** A split begins with the open view on both sides, as explorers do it; closing keeps the left one. */
  private toggleSplit(): void {
    if (this.split) {
      this.activeSide = "left";
      this.url.set({ [SPLIT_PARAMETER]: undefined, [APART_PARAMETER]: undefined });
      return;
    }
    const shared = Object.fromEntries(SHARED_PARAMETERS.map((name) => [name, undefined]));
    const own = mergeParameters(this.url.parameters, shared);
    this.url.set({ [SPLIT_PARAMETER]: formatSplit(this.url.view, own) });
    this.activeSide = "right";
  }

  private focusOtherSide(): void {
    const other = this.activeSide === "left" && this.split ? this.side : this.renderRoot.querySelector("main");
    other?.focus();
  }

  private async copyLink(): Promise<void> {
    if (!this.ready) return;
    const link = new URL(sharedAddress(this.url.address, this.time.nowUs), location.href).href;
    const copied = await navigator.clipboard.writeText(link).then(
      () => true,
      () => false,
    );
    this.notice = copied ? "Link copied: it shows this screen at this simulated time" : link;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => {
      this.notice = "";
    }, NOTICE_MS);
  }

  private readonly leftActive = (): void => {
    this.activeSide = "left";
  };

  private readonly rightActive = (): void => {
    this.activeSide = "right";
  };

  private readonly skipToView = (event: Event): void => {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>("#view")?.focus();
  };

  static override styles = [sharedStyles, workspaceStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-workspace": Workspace;
  }
}
