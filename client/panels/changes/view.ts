/**
 * Changes: every deploy, flag and setting of the history, guilty or not. A list that can be narrowed, and beside it the
 * chosen change with its diff and the ways on from there. Choice and filters stand in the URL.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./change-detail.js";
import "./change-filters.js";
import { changeFilterOf, filterChanges } from "./change-list.js";
import "./change-rows.js";

/** Changes are rare: a look every few seconds shows a new one soon enough. */
const REFRESH_MS = 5_000;

const TRAFFIC = "sum by (job) (rate(http_server_request_duration_seconds_count[1m]))";

@customElement("fd-view-changes")
export class ChangesView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly changes = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.actions.length],
    run: (signal) => this.run.queries.changes(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  private readonly catalogue = new QueryController<Catalogue>(this, {
    key: () => [this.run.runId, this.run.store.snapshot.actions.length],
    run: (signal) => this.run.queries.catalogue(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const all = this.changes.value ?? [];
    const shown = filterChanges(
      all,
      changeFilterOf((name) => this.url.get(name), this.time.window()),
    );
    const chosen = all.find(({ id }) => id === this.url.get("change"));
    return html`<div class="view">
      <fd-change-filters .all=${all} .shown=${shown}></fd-change-filters>
      ${this.changes.error ? html`<fd-error-notice .error=${this.changes.error}></fd-error-notice>` : nothing}
      <div class="panes">
        <section class="list" aria-label="Changes, newest first">${this.renderList(all, shown)}</section>
        <section class="detail" aria-label="The chosen change" aria-live="polite">
          ${chosen === undefined ? this.renderNone(shown) : this.renderDetail(chosen, all)}
        </section>
      </div>
    </div>`;
  }

  private renderNone([newest]: readonly ChangeRecord[]): TemplateResult {
    return html`<fd-empty-state heading="No change chosen"
      >Choose one to see who made it, what it changed and what one can do about it.
      ${
        newest === undefined
          ? nothing
          : html`<button
              @click=${() => {
                this.url.set({ change: newest.id });
              }}
            >
              The newest
            </button>`
      }</fd-empty-state
    >`;
  }

  private renderDetail(change: ChangeRecord, all: readonly ChangeRecord[]): TemplateResult {
    return html`<fd-change-detail
      .change=${change}
      .changes=${all}
      .catalogue=${this.catalogue.value}
      .nowUs=${this.run.store.nowUs()}
    ></fd-change-detail>`;
  }

  private renderList(all: readonly ChangeRecord[], shown: readonly ChangeRecord[]): TemplateResult {
    if (this.changes.value === undefined)
      return html`<p class="soft pad">${this.changes.pending ? "Loading changes …" : ""}</p>`;
    if (all.length === 0)
      return html`<fd-empty-state heading="Nothing was changed"
        >No deploy, flag or setting in this history. What else may have come from outside:
        <a href=${this.url.href("metrics", { query: TRAFFIC })}>traffic at the edge</a>,
        <a href=${this.url.href("map")}>other parties on the map</a>.</fd-empty-state
      >`;
    if (shown.length === 0) {
      return html`<fd-empty-state heading="No change matches">
        <button
          type="button"
          @click=${() => {
            this.url.set({ text: undefined, target: undefined, kinds: undefined, span: undefined });
          }}
        >
          Show all ${all.length}
        </button>
      </fd-empty-state>`;
    }
    return html`<fd-change-rows
      .changes=${shown}
      .chosen=${this.url.get("change")}
      .nowUs=${this.run.store.nowUs()}
    ></fd-change-rows>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        height: 100%;
        container-type: inline-size;
      }
      .view {
        display: flex;
        flex-direction: column;
        height: 100%;
      }
      .panes {
        flex: 1;
        min-height: 0;
        display: grid;
        grid-template-columns: minmax(320px, 2fr) 3fr;
      }
      .list,
      .detail {
        overflow: auto;
        min-height: 0;
      }
      .list {
        border-inline-end: 1px solid var(--line);
      }
      .detail {
        padding: var(--space-3) var(--space-4);
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
      }
      .pad {
        padding: var(--space-3);
      }
      @container (max-width: 720px) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
          overflow: auto;
        }
        .list,
        .detail {
          overflow: visible;
        }
        .list {
          border-inline-end: 0;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-changes": ChangesView;
  }
}
