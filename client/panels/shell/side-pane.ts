/**
 * The view on the right of a split: an address and, where the two are apart, a window of time of its own, handed down
 * as the contexts that every view takes. In step, which is the default, its time is the page's.
 */
import { ContextProvider, consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { APART_PARAMETER, openSplitUrl, withOwnTime } from "../../state/split-url.js";
import type { SplitUrl } from "../../state/split-url.js";
import { TimeModel as OwnTime } from "../../state/time-model.js";
import type { UrlState } from "../../state/url-state.js";
import { VIEWS } from "../registry.js";
import { internalLink } from "./internal-link.js";
import { LookRecorder } from "./look-recorder.js";
import "./time-picker.js";
import "./view-host.js";
import type { ViewHost } from "./view-host.js";

/** Dispatches `close` and `swap`. */
@customElement("fd-side-pane")
export class SidePane extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly outerUrl!: UrlState;
  @consume({ context: timeContext }) private readonly outerTime!: TimeModel;
  @state() private own: SplitUrl | undefined;
  @query("fd-view-host") private readonly host!: ViewHost | null;
  private ownTime: OwnTime | undefined;
  private readonly urls = new ContextProvider(this, { context: urlContext });
  private readonly times = new ContextProvider(this, { context: timeContext });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.own?.url, events: ["changed"] },
      { target: () => this.outerUrl, events: ["changed"] },
    );
    new LookRecorder(this, () =>
      this.own === undefined ? undefined : { url: this.own.url, run: this.run, time: this.time },
    );
    this.addEventListener("click", this.clicked);
  }

  /** The address of this side; the page's own while it is not connected. */
  get url(): UrlState {
    return this.own?.url ?? this.outerUrl;
  }

  get time(): TimeModel {
    return this.ownTime ?? this.outerTime;
  }

  /** Opens the sheet of this side's own time range; false while it is in step with the page's. */
  pickTime(): boolean {
    const picker = this.renderRoot.querySelector("fd-time-picker");
    picker?.show();
    return picker !== null;
  }

  get shownView(): Element | null {
    return this.host?.shown ?? null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.own = openSplitUrl(this.outerUrl);
    this.urls.setValue(this.own.url);
    this.matchTime();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownTime?.close();
    this.ownTime = undefined;
    this.own?.close();
    this.own = undefined;
  }

  private get apart(): boolean {
    return this.outerUrl.get(APART_PARAMETER) !== undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.matchTime();
  }

  /** A model of its own while apart, the page's while in step. */
  private matchTime(): void {
    if (this.own === undefined || this.apart === (this.ownTime !== undefined)) {
      if (this.ownTime === undefined) this.times.setValue(this.outerTime);
      return;
    }
    this.ownTime?.close();
    this.ownTime = this.apart ? new OwnTime(this.own.url, this.run.store) : undefined;
    this.times.setValue(this.time);
  }

  override render(): TemplateResult {
    const { view } = this.url;
    return html`<div class="head">
        <select aria-label="View on the right" @change=${this.chosen}>
          ${VIEWS.filter(({ key, id }) => key !== undefined || id === view).map(
            ({ id, title }) => html`<option value=${id} .selected=${id === view}>${title}</option>`,
          )}
        </select>
        <button
          aria-pressed=${this.apart ? "false" : "true"}
          title="The time of both sides is one, or each has its own"
          @click=${this.toggleStep}
        >
          ${icon("link", 14)}Time in step
        </button>
        ${this.apart ? html`<fd-time-picker></fd-time-picker>` : nothing}
        <span class="space"></span>
        <button class="quiet" aria-label="Change sides" title="Change sides" @click=${() => this.emit("swap")}>
          ${icon("swap")}
        </button>
        <button
          class="quiet"
          aria-label="Close the right side"
          title="Close the right side (|)"
          @click=${() => this.emit("close")}
        >
          ${icon("close")}
        </button>
      </div>
      <div class="view">
        ${keyed(this.apart, html`<fd-view-host .view=${view} home-href=${this.url.href("brief")}></fd-view-host>`)}
      </div>`;
  }

  private emit(name: "close" | "swap"): void {
    this.dispatchEvent(new CustomEvent(name));
  }

  private readonly chosen = (event: Event): void => {
    this.url.open((event.target as HTMLSelectElement).value);
  };

  /** Apart begins with the window that both have; in step goes back to the page's. */
  private readonly toggleStep = (): void => {
    this.outerUrl.openAddress(withOwnTime(this.outerUrl.address, this.apart ? undefined : this.outerTime.range));
  };

  /** Links of this side are followed on this side. */
  private readonly clicked = (event: MouseEvent): void => {
    const address = internalLink(event);
    if (address === undefined || !address.pathname.startsWith(`/run/${this.run.runId}/`)) return;
    event.preventDefault();
    this.url.follow(address.pathname, address.search);
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      .head {
        display: flex;
        flex: none;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-2);
        padding: var(--space-1) var(--space-2);
        border-block-end: 1px solid var(--line);
        background: var(--surface-1);
      }
      .space {
        flex: 1;
      }
      .view {
        flex: 1;
        overflow: auto;
        min-height: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-side-pane": SidePane;
  }
}
