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
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import { elementMarks, PivotController } from "../../controllers/pivot-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/diff.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import type { PivotSubject } from "../../elements/pivots.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { versionsCompare } from "../../state/compare-url.js";
import type { UrlState } from "../../state/url-state.js";
import "./change-effect.js";
import {
  asChangeKind,
  CHANGE_KIND_WORDS,
  CHANGE_STATE_WORDS,
  filterChanges,
  rolloutUs,
  tallyKinds,
  tallyTargets,
  windowAround,
} from "./change-list.js";
import { CHANGE_REQUESTS, changesTable } from "./changes-export.js";
import { kindOfTarget, scopeOf } from "./change-scope.js";
import "./rollback-plan.js";
import type { ChangeFilter, ChangeKind } from "./change-list.js";

/** Changes are rare: a look every few seconds shows a new one soon enough. */
const REFRESH_MS = 5_000;

const TRAFFIC = "sum by (job) (rate(http_server_request_duration_seconds_count[1m]))";

/** Icon of each kind, so that a row tells it without reading. */
const KIND_ICONS: Readonly<Record<ChangeKind, string>> = {
  deploy: "service",
  flag: "flag",
  setting: "density",
  scaling: "include",
  restart: "undo",
};

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
    new PivotController(
      this,
      elementMarks(this, "[data-change]", (element) => this.subjectOf(element)),
    );
  }

  /** A row leads on like any other value, besides being chosen by a click. */
  private readonly subjectOf = ({ dataset }: HTMLElement | SVGElement): PivotSubject | undefined => {
    const change = this.changes.value?.find(({ id }) => id === dataset["change"]);
    if (change === undefined) return undefined;
    return { field: "change", value: change.id, service: change.target, atUs: change.atUs };
  };

  override render(): TemplateResult {
    const all = this.changes.value ?? [];
    const shown = filterChanges(all, this.filter());
    const chosen = all.find(({ id }) => id === this.url.get("change"));
    return html`<div class="view">
      ${this.renderFilters(all, shown)}
      ${this.changes.error ? html`<fd-error-notice .error=${this.changes.error}></fd-error-notice>` : nothing}
      <div class="panes">
        <section class="list" aria-label="Changes, newest first">${this.renderList(all, shown, chosen)}</section>
        <section class="detail" aria-label="The chosen change" aria-live="polite">
          ${
            chosen
              ? this.renderDetail(chosen)
              : html`<fd-empty-state heading="No change chosen"
                  >Choose one to see who made it, what it changed and what one can do about it.
                  ${
                    shown[0] === undefined
                      ? nothing
                      : html`<button
                          @click=${() => {
                            this.url.set({ change: shown[0]?.id });
                          }}
                        >
                          The newest
                        </button>`
                  }</fd-empty-state
                >`
          }
        </section>
      </div>
    </div>`;
  }

  private filter(): ChangeFilter {
    const target = this.url.get("target");
    const text = this.url.get("text");
    return {
      kinds: this.kinds(),
      ...(target === undefined ? {} : { target }),
      ...(text === undefined ? {} : { text }),
      ...(this.url.get("span") === "window" ? { window: this.time.window() } : {}),
    };
  }

  private kinds(): readonly ChangeKind[] {
    return (this.url.get("kinds") ?? "").split(",").flatMap((text) => asChangeKind(text) ?? []);
  }

  private renderFilters(all: readonly ChangeRecord[], shown: readonly ChangeRecord[]): TemplateResult {
    const kinds = this.kinds();
    const target = this.url.get("target") ?? "";
    return html`
      <form
        class="row filters"
        role="search"
        aria-label="Narrow the list"
        @submit=${(event: Event) => {
          event.preventDefault();
        }}
      >
        <input
          type="search"
          aria-label="Words in title, text, author or diff"
          placeholder="Search title, author, diff"
          .value=${this.url.get("text") ?? ""}
          @input=${(event: InputEvent) => {
            this.url.set({ text: (event.target as HTMLInputElement).value || undefined }, { replace: true });
          }}
        />
        <select
          aria-label="Component"
          @change=${(event: Event) => {
            this.url.set({ target: (event.target as HTMLSelectElement).value || undefined });
          }}
        >
          <option value="" ?selected=${target === ""}>All components</option>
          ${tallyTargets(all).map(
            ({ value, count }) =>
              html`<option value=${value} ?selected=${value === target}>${value} (${count})</option>`,
          )}
        </select>
        <span class="row" role="group" aria-label="Kinds">
          ${tallyKinds(all).map(
            ({ value, count }) => html`
              <button
                type="button"
                aria-pressed=${kinds.includes(value) ? "true" : "false"}
                @click=${() => {
                  this.toggleKind(value);
                }}
              >
                ${icon(KIND_ICONS[value], 14)}${CHANGE_KIND_WORDS[value]} <span class="soft">${count}</span>
              </button>
            `,
          )}
        </span>
        <label class="row">
          <input
            type="checkbox"
            .checked=${this.url.get("span") === "window"}
            @change=${(event: Event) => {
              this.url.set({ span: (event.target as HTMLInputElement).checked ? "window" : undefined });
            }}
          />
          Only in the time range
        </label>
        <fd-export-menu
          class="end"
          .source=${() => ({ title: "Changes", table: changesTable(shown), json: shown, requests: CHANGE_REQUESTS })}
        ></fd-export-menu>
      </form>
    `;
  }

  private renderList(
    all: readonly ChangeRecord[],
    shown: readonly ChangeRecord[],
    chosen: ChangeRecord | undefined,
  ): TemplateResult {
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
    return html`<ul @keydown=${this.onListKey}>
      ${shown.map((change) => this.renderRow(change, change === chosen))}
    </ul>`;
  }

  private renderRow(change: ChangeRecord, isChosen: boolean): TemplateResult {
    const nowUs = this.run.store.nowUs();
    return html`
      <li>
        <button
          type="button"
          class="change ${isChosen ? "chosen" : ""}"
          data-change=${change.id}
          aria-current=${isChosen ? "true" : "false"}
          @click=${() => {
            this.url.set({ change: change.id });
          }}
        >
          <span class="mark" title=${CHANGE_KIND_WORDS[change.kind]}
            >${icon(KIND_ICONS[change.kind], 14)}<span class="visually-hidden"
              >${CHANGE_KIND_WORDS[change.kind]}</span
            ></span
          >
          <span class="when">
            <span class="data">${formatClock(change.atUs)}</span>
            <span class="soft small"
              >${formatDurationUs(Math.max(0, Math.round((nowUs - change.atUs) / 1e6) * 1e6))} ago</span
            >
          </span>
          <span class="what">
            <span class="title">${change.title}</span>
            <span class="soft small">${change.target} · ${change.author}</span>
          </span>
          ${
            // Most changes are live: only the others say what they are.
            change.state === "live"
              ? nothing
              : html`<span class="tag ${change.state}">${CHANGE_STATE_WORDS[change.state]}</span>`
          }
        </button>
      </li>
    `;
  }

  private renderDetail(change: ChangeRecord): TemplateResult {
    const rollout = rolloutUs(change);
    return html`
      <header class="row head">
        <h2>${change.title}</h2>
        <fd-pin-button label="Pin change" .exhibit=${() => this.exhibitOf(change)}></fd-pin-button>
      </header>
      <dl>
        <dt>What</dt>
        <dd>${CHANGE_KIND_WORDS[change.kind]} of ${serviceValue(change.target, { atUs: change.atUs })}</dd>
        <dt>Who</dt>
        <dd>${change.author}</dd>
        <dt>When</dt>
        <dd class="data">
          ${pivotValue("time", `${formatDateTime(change.atUs)} UTC`, { service: change.target, atUs: change.atUs })}
        </dd>
        ${
          change.versionTo === undefined
            ? nothing
            : html`<dt>Version</dt>
                <dd class="data">
                  ${change.versionFrom === undefined ? "–" : pivotValue("version", change.versionFrom, { service: change.target })}
                  → ${pivotValue("version", change.versionTo, { service: change.target })}
                </dd>`
        }
        <dt>State</dt>
        <dd>
          ${CHANGE_STATE_WORDS[change.state]}${rollout === undefined ? "" : `, everywhere after ${formatDurationUs(rollout)}`}
        </dd>
        ${this.renderScope(change)}
        <dt>Id</dt>
        <dd class="data">${pivotValue("change", change.id, { service: change.target, atUs: change.atUs })}</dd>
      </dl>
      ${change.description === "" ? nothing : html`<p class="description">${change.description}</p>`}
      ${
        change.diff === ""
          ? html`<p class="soft">This change came without a diff.</p>`
          : html`<fd-diff .text=${change.diff}></fd-diff>`
      }
      <section aria-labelledby="effect">
        <h3 id="effect">Around it: five minutes before, and after it was everywhere</h3>
        <fd-change-effect
          .change=${change}
          .kind=${kindOfTarget(this.catalogue.value, change.target)}
          .changes=${this.changes.value ?? []}
        ></fd-change-effect>
      </section>
      <nav class="row ways" aria-label="From here">${this.renderWays(change)}</nav>
      <section aria-labelledby="plan">
        <h3 id="plan">Taking it back</h3>
        ${this.renderPlan(change)}
      </section>
    `;
  }

  private renderScope(change: ChangeRecord): TemplateResult | typeof nothing {
    const scope = scopeOf(this.catalogue.value, change);
    return scope.length === 0
      ? nothing
      : html`<dt>Scope</dt>
          <dd>${scope.map((clause) => html`<div>${clause}</div>`)}</dd>`;
  }

  private renderPlan(change: ChangeRecord): TemplateResult {
    if (change.state === "rolled-back") return html`<p class="soft">Rolled back already.</p>`;
    if (!change.canRollBack)
      return html`<p class="soft">It cannot be rolled back: look for an action that undoes it.</p>`;
    return html`<fd-rollback-plan change=${change.id}></fd-rollback-plan>`;
  }

  private renderWays(change: ChangeRecord): TemplateResult {
    const { fromUs, toUs } = windowAround(change, this.run.store.nowUs());
    const around = { from: String(fromUs), to: String(toUs) };
    return html`
      <a href=${this.url.href("dashboards", { ...around, service: change.target })}>Metrics around it (±15 min)</a>
      <a href=${this.url.href("logs", { ...around, services: change.target })}>Logs</a>
      <a href=${this.url.href("traces", { ...around, service: change.target })}>Traces</a>
      <a href=${this.url.href("map", { ...around, node: change.target, vs: String(change.atUs) })}
        >Map before and after</a
      >
      <button
        type="button"
        @click=${() => {
          this.time.setWindow({ fromUs, toUs });
        }}
      >
        Set the time range to it
      </button>
      ${
        change.versionTo === undefined || change.versionFrom === undefined
          ? nothing
          : html`<a
                href=${this.url.href("profiles", {
                  service: change.target,
                  version: change.versionTo,
                  base: `v:${change.versionFrom}`,
                  type: "wall",
                })}
                >Profiles of ${change.versionTo} against ${change.versionFrom}</a
              >
              <a href=${this.url.href("compare", versionsCompare(change.target, change.versionFrom, change.versionTo))}
                >Requests of ${change.versionTo} against ${change.versionFrom}</a
              >`
      }
    `;
  }

  private exhibitOf(change: ChangeRecord): ExhibitParts {
    const facts = [
      { name: "change", value: `${CHANGE_KIND_WORDS[change.kind]} of ${change.target}` },
      { name: "when", value: `${formatDateTime(change.atUs)} UTC` },
      { name: "who", value: change.author },
      { name: "state", value: CHANGE_STATE_WORDS[change.state] },
      ...(change.versionTo === undefined
        ? []
        : [{ name: "version", value: `${change.versionFrom ?? "–"} → ${change.versionTo}` }]),
      ...(change.diff === "" ? [] : [{ name: "diff", value: change.diff.slice(0, 4_000) }]),
    ];
    return { title: `Change: ${change.title}`, frozen: { kind: "facts", facts } };
  }

  private toggleKind(kind: ChangeKind): void {
    const kinds = this.kinds();
    const next = kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind];
    this.url.set({ kinds: next.length === 0 ? undefined : next.join(",") });
  }

  /** Arrows walk the list; Enter and space are the button's own. */
  private readonly onListKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const rows = [...this.renderRoot.querySelectorAll<HTMLButtonElement>("button.change")];
    const next = rows[rows.indexOf(event.target as HTMLButtonElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.click();
  };

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
      .filters {
        padding: var(--space-2) var(--space-3);
        border-bottom: 1px solid var(--line);
      }
      .filters input[type="search"] {
        width: 220px;
      }
      .end {
        margin-inline-start: auto;
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
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      button.change {
        width: 100%;
        display: grid;
        grid-template-columns: 20px 92px 1fr auto;
        gap: var(--space-2);
        align-items: center;
        justify-content: start;
        text-align: start;
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        background: none;
        padding: var(--space-2) var(--space-3);
        white-space: normal;
      }
      button.change.chosen {
        background: var(--accent-soft);
        box-shadow: inset 3px 0 var(--accent);
      }
      button.change:focus-visible {
        outline-offset: -2px;
      }
      .when,
      .what {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .title {
        overflow-wrap: anywhere;
      }
      .mark {
        color: var(--ink-soft);
        text-align: center;
      }
      .head {
        justify-content: space-between;
      }
      .ways {
        gap: var(--space-2) var(--space-4);
      }
      .description {
        max-width: 72ch;
        line-height: 1.5;
        white-space: pre-line;
      }
      .rolled-back {
        color: var(--ink-soft);
      }
      .rolling-out {
        border-color: var(--accent);
      }
      .pad {
        padding: var(--space-3);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--space-1) var(--space-4);
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        min-width: 0;
        overflow-wrap: anywhere;
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
