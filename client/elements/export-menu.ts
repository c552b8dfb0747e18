/**
 * Takes what a view shows out of the page: `<fd-export-menu .source=${() => ({ … })}>`. CSV, JSON and Markdown of its
 * table, a picture of its chart with caption, a link with fixed times, and the very query as cURL. Only what the view can
 * give is listed; the source is asked at the click.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { runContext, timeContext, urlContext } from "../state/contexts.js";
import type { RunContext, TimeModel } from "../state/contexts.js";
import { toCsv, toCurl, toJsonRows, toMarkdownTable, TOKEN_PLACEHOLDER } from "../state/export-text.js";
import type { ExportTable, WireRequest } from "../state/export-text.js";
import type { UrlState } from "../state/url-state.js";
import { chartPicture } from "./chart-picture.js";
import { icon } from "./icons.js";
import { menuKey } from "./menu-keys.js";
import { sharedStyles } from "./shared.styles.js";

export interface ExportSource {
  /** For file names and captions. */
  readonly title: string;
  readonly table?: ExportTable;
  /** Instead of the table's rows. */
  readonly json?: unknown;
  /** Holds the canvas that is drawn. */
  readonly chart?: HTMLElement;
  readonly caption?: string;
  readonly requests?: readonly WireRequest[];
}

const CONFIRM_MS = 2_500;

@customElement("fd-export-menu")
export class ExportMenu extends LitElement {
  @property({ attribute: false }) source: () => ExportSource | undefined = () => undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @state() private open = false;
  @state() private told = "";
  @query(".menu") private readonly menu!: HTMLElement | null;
  @query(".trigger") private readonly trigger!: HTMLElement;

  override render(): TemplateResult {
    return html`<button
        class="trigger quiet"
        aria-haspopup="menu"
        aria-expanded=${this.open ? "true" : "false"}
        @click=${this.toggle}
      >
        ${icon("send", 14)}<span>Export</span>
      </button>
      <span class="visually-hidden" role="status">${this.told}</span>
      ${this.told === "" ? nothing : html`<span class="told small" aria-hidden="true">${this.told}</span>`}
      ${this.open ? this.items() : nothing}`;
  }

  private items(): TemplateResult {
    const source = this.source();
    const table = source?.table;
    const chart = source?.chart;
    const requests = source?.requests ?? [];
    return html`<div
      class="menu"
      popover="auto"
      role="menu"
      aria-label="Export"
      @toggle=${this.toggled}
      @keydown=${this.pressed}
    >
      ${
        source === undefined || table === undefined
          ? nothing
          : html`${this.item(`CSV (${String(table.rows.length)} rows)`, () => this.save(source, "csv", "text/csv", toCsv(table)))}
            ${this.item("Markdown table", () => this.copy(toMarkdownTable(table), "The table is on the clipboard as Markdown."))}`
      }
      ${
        source === undefined || (table === undefined && source.json === undefined)
          ? nothing
          : this.item("JSON", () => this.save(source, "json", "application/json", jsonOf(source)))
      }
      ${source === undefined || chart === undefined ? nothing : this.item("PNG of the chart", () => this.picture(source, chart))}
      ${this.item("Link with fixed times", () => this.copy(this.permalink(), "The link is on the clipboard: it shows the same times to whoever opens it."))}
      ${requests.map(
        (request) =>
          html`${this.item(`Copy as cURL: ${request.tool}`, () =>
            this.copyCurl(request, false),
          )}${this.item(`Copy as cURL with this run's token: ${request.tool}`, () => this.copyCurl(request, true))}`,
      )}
    </div>`;
  }

  private item(title: string, run: () => Promise<void>): TemplateResult {
    return html`<button
      role="menuitem"
      tabindex="-1"
      @click=${() => {
        this.hide();
        void run();
      }}
    >
      ${title}
    </button>`;
  }

  override updated(): void {
    const { menu } = this;
    if (menu === null || menu.matches(":popover-open")) return;
    menu.showPopover();
    const anchor = this.trigger.getBoundingClientRect();
    menu.style.top = `${String(Math.max(4, Math.min(anchor.bottom + 2, window.innerHeight - menu.offsetHeight - 4)))}px`;
    menu.style.left = `${String(Math.max(4, Math.min(anchor.left, window.innerWidth - menu.offsetWidth - 4)))}px`;
    menu.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }

  private async copy(text: string, told: string): Promise<void> {
    await navigator.clipboard.writeText(text).then(
      () => {
        this.tell(told);
      },
      () => {
        this.tell("The browser does not let this page write to the clipboard.");
      },
    );
  }

  private async save({ title }: ExportSource, ending: string, type: string, content: string | Blob): Promise<void> {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60)}.${ending}`;
    link.click();
    await Promise.resolve();
    URL.revokeObjectURL(address);
    this.tell(`${link.download} was saved.`);
  }

  private async picture(source: ExportSource, chart: HTMLElement): Promise<void> {
    const blob = await chartPicture(chart, { title: source.title, caption: source.caption ?? "" });
    if (blob === undefined) this.tell("There is no picture of this.");
    else await this.save(source, "png", "image/png", blob);
  }

  /** Relative times become those that are on the screen. */
  private permalink(): string {
    const { url, time } = this;
    if (url === undefined || time === undefined) return location.href;
    const { fromUs, toUs } = time.window();
    const values = {
      ...Object.fromEntries(url.parameters),
      from: String(Math.round(fromUs)),
      to: String(Math.round(toUs)),
    };
    return new URL(url.href(url.view, values), location.href).href;
  }

  private async copyCurl(request: WireRequest, withToken: boolean): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    const token = withToken ? (await run.queries.access()).token : undefined;
    const text = toCurl(request, { origin: location.origin, runId: run.runId, token });
    const told = withToken
      ? "The command is on the clipboard. It holds this run's token: whoever has it may read this run."
      : `The command is on the clipboard. Put the run's token (in the brief) into ${TOKEN_PLACEHOLDER}.`;
    await this.copy(text, told);
  }

  private tell(text: string): void {
    this.told = text;
    setTimeout(() => {
      if (this.told === text) this.told = "";
    }, CONFIRM_MS);
  }

  private readonly toggle = (): void => {
    this.open = !this.open;
  };

  private readonly hide = (): void => {
    this.open = false;
    this.trigger.focus();
  };

  private readonly toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState === "closed") this.open = false;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    menuKey(event, [...this.renderRoot.querySelectorAll<HTMLElement>('[role="menuitem"]')], this.hide);
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
      }
      .told {
        max-width: 36ch;
        color: var(--ink-soft);
      }
      .menu {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--space-1);
        color: var(--ink);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        min-width: 220px;
      }
      .menu button {
        display: flex;
        width: 100%;
        justify-content: flex-start;
        min-height: 26px;
        border: 0;
        background: none;
      }
      .menu button:hover,
      .menu button:focus {
        background: var(--accent-soft);
      }
    `,
  ];
}

function jsonOf({ json, table }: ExportSource): string {
  if (json !== undefined || table === undefined) return `${JSON.stringify(json, undefined, 2)}\n`;
  return toJsonRows(table);
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-export-menu": ExportMenu;
  }
}
