/**
 * Takes what a view shows out of the page: `<fd-export-menu .source=${() => ({ … })}>`. CSV, JSON and Markdown of its
 * table, a picture of its chart with caption, a link with fixed times, and the very query as cURL. Only what the view can
 * give is listed; the source is asked at the click.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { formatDays } from "../charts/format.js";
import { runContext, timeContext, urlContext } from "../state/contexts.js";
import type { RunContext, TimeModel } from "../state/contexts.js";
import { toCsv, toCurl, toJsonRows, toMarkdownTable, TOKEN_PLACEHOLDER } from "../state/export-text.js";
import type { CurlRequest, ExportTable } from "../state/export-text.js";
import type { UrlState } from "../state/url-state.js";
import { chartPicture } from "./chart-picture.js";
import { icon } from "./icons.js";
import { menuKey } from "./menu-keys.js";
import { menuStyles, placeMenu } from "./menu.styles.js";
import { sharedStyles } from "./shared.styles.js";

export interface ExportSource {
  /** For file names and captions. */
  readonly title: string;
  readonly table?: ExportTable;
  /** Instead of the table's rows. */
  readonly json?: unknown;
  /** Instead of the table as Markdown. */
  readonly markdown?: string;
  /** Holds the canvas that is drawn. */
  readonly chart?: HTMLElement;
  readonly caption?: string;
  readonly requests?: readonly CurlRequest[];
}

/** So many questions stand in the menu one by one; more, and those of one name, are copied together. */
const REQUESTS_LISTED = 2;
const CONFIRM_MS = 2_500;

@customElement("fd-export-menu")
export class ExportMenu extends LitElement {
  @property({ attribute: false }) source: () => ExportSource | undefined = () => undefined;
  /** Icon only. */
  @property({ type: Boolean }) compact = false;
  /** What is exported, where a screen has several of these. */
  @property() label = "Export";
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @state() private open = false;
  @state() private told = "";
  private telling = 0;
  @query(".menu") private readonly menu!: HTMLElement | null;
  @query(".trigger") private readonly trigger!: HTMLElement;

  override render(): TemplateResult {
    return html`<button
        class="trigger quiet"
        aria-haspopup="menu"
        aria-expanded=${this.open ? "true" : "false"}
        aria-label=${this.compact ? this.label : nothing}
        title=${this.compact ? this.label : nothing}
        @click=${this.toggle}
      >
        ${icon("send", 14)}${this.compact ? nothing : html`<span>${this.label}</span>`}
      </button>
      <span class="visually-hidden" role="status">${this.told}</span>
      ${this.told === "" ? nothing : html`<span class="told small" aria-hidden="true">${this.told}</span>`}
      ${this.open ? this.items() : nothing}`;
  }

  /** Also for the key of the shell. */
  show(): void {
    this.open = true;
  }

  private items(): TemplateResult {
    const source = this.source();
    return html`<div
      class="menu"
      popover="auto"
      role="menu"
      aria-label=${this.label}
      @toggle=${this.toggled}
      @keydown=${this.pressed}
    >
      ${source === undefined ? nothing : html`${this.tableItems(source)}${this.chartItem(source)}`}
      ${this.item("Link with fixed times", () => this.copy(this.permalink(), "The link is on the clipboard: it shows the same times to whoever opens it."))}
      ${this.curlItems(source?.requests ?? [])}
    </div>`;
  }

  private tableItems(source: ExportSource): TemplateResult {
    const { table } = source;
    const markdown = source.markdown ?? (table === undefined ? undefined : toMarkdownTable(table));
    return html`${
      table === undefined
        ? nothing
        : this.item(`CSV (${rowsText(table)})`, () => this.save(source, "csv", "text/csv", toCsv(table)))
    }
    ${
      markdown === undefined
        ? nothing
        : this.item("Markdown", () => this.copy(markdown, "It is on the clipboard as Markdown."))
    }
    ${
      table === undefined && source.json === undefined
        ? nothing
        : this.item("JSON", () => this.save(source, "json", "application/json", jsonOf(source)))
    }`;
  }

  private chartItem(source: ExportSource): TemplateResult | typeof nothing {
    const { chart } = source;
    return chart === undefined ? nothing : this.item("PNG of the chart", () => this.picture(source, chart));
  }

  private curlItems(requests: readonly CurlRequest[]): readonly TemplateResult[] {
    if (requests.length === 0) return [];
    const areTold = requests.length <= REQUESTS_LISTED && new Set(namesEach(requests)).size === requests.length;
    const groups = areTold ? requests.map((request) => [request]) : [requests];
    return groups.map((group) => {
      const text = `Copy as cURL: ${namesOf(group)}`;
      const plain = this.item(text, () => this.copyCurl(group, false));
      return group.every((request) => "own" in request)
        ? plain
        : html`${plain}${this.item(`${text}, with this run's token`, () => this.copyCurl(group, true))}`;
    });
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
    placeMenu(menu, this.trigger.getBoundingClientRect());
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
    const { run, time } = this;
    const { fromUs, toUs } = time?.window() ?? { fromUs: 0, toUs: 0 };
    const origin = run === undefined ? "" : `${run.store.snapshot.run.scenarioTitle}, ${formatDays(fromUs, toUs)}`;
    const blob = await chartPicture(chart, { title: source.title, caption: source.caption ?? "", origin });
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

  private async copyCurl(requests: readonly CurlRequest[], withToken: boolean): Promise<void> {
    const { run } = this;
    if (run === undefined) return;
    const token = withToken ? (await run.queries.access()).token : undefined;
    const place = { origin: location.origin, runId: run.runId, token };
    const needsToken = requests.some((request) => !("own" in request));
    const told = !needsToken
      ? "The command is on the clipboard."
      : withToken
        ? "The command is on the clipboard. It holds this run's token: whoever has it may read this run."
        : `The command is on the clipboard. Put the run's token (in the brief) into ${TOKEN_PLACEHOLDER}.`;
    await this.copy(requests.map((request) => toCurl(request, place)).join("\n\n"), told);
  }

  private tell(text: string): void {
    this.told = text;
    clearTimeout(this.telling);
    this.telling = window.setTimeout(() => {
      this.told = "";
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
    menuStyles,
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
    `,
  ];
}

const rowsText = ({ rows }: ExportTable): string => `${String(rows.length)} ${rows.length === 1 ? "row" : "rows"}`;

const namesEach = (requests: readonly CurlRequest[]): readonly string[] =>
  requests.map((request) => ("own" in request ? "this run" : request.tool));

/** `prometheus`, or `3 × prometheus, this run`. */
function namesOf(requests: readonly CurlRequest[]): string {
  const names = namesEach(requests);
  return [...new Set(names)]
    .map((name) => {
      const count = names.filter((other) => other === name).length;
      return count === 1 ? name : `${String(count)} × ${name}`;
    })
    .join(", ");
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
