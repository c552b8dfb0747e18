/**
 * `<fd-log-list>`: the lines as the address says: which are opened, with which columns and what around them. Dispatches
 * `at-top` {atTop} when the newest line comes to the screen or goes.
 */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { LogLine } from "../../../server/wire/telemetry.js";
import type { LogPages } from "../../charts/virtual-log-pages.js";
import type { VirtualLog } from "../../charts/virtual-log.js";
import "../../charts/virtual-log.js";
import { StoreController } from "../../controllers/store-controller.js";
import { crosshairContext, urlContext } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import { parseList, toggleInList } from "./field-filters.js";
import "./log-detail.js";
import { listOptionsOf } from "./logs-query.js";

const ROW_PX = { plain: 24, wrapped: 42 };

@customElement("fd-log-list")
export class LogList extends LitElement {
  @property({ attribute: false }) pages: LogPages | undefined;
  /** One more whenever the pages hold something else. */
  @property({ attribute: false }) revision = 0;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: crosshairContext }) private readonly crosshair!: CrosshairModel;
  @query("fd-virtual-log") private readonly list!: VirtualLog | null;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  scrollToTop(): void {
    this.list?.scrollToTop();
  }

  /** Keeps what is read at its place when so many lines have come above it. */
  shift(lines: number): void {
    this.list?.shift(lines);
  }

  override render(): TemplateResult {
    const options = listOptionsOf((name) => this.url.get(name));
    return html`<fd-virtual-log
      .pages=${this.pages}
      .revision=${this.revision}
      .opened=${new Set(parseList(this.url.get("line")))}
      .renderDetail=${this.renderDetail}
      .columns=${options.columns}
      .rowPx=${options.wrap ? ROW_PX.wrapped : ROW_PX.plain}
      ?wrap=${options.wrap}
      label="Log lines, ${options.order} first"
      @line-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
        this.toggle("line", event.detail.id);
      }}
      @context-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
        this.toggle("context", event.detail.id);
      }}
      @column-toggle=${(event: CustomEvent<{ readonly field: string }>) => {
        this.toggle("cols", event.detail.field);
      }}
      @at-top=${(event: CustomEvent<{ readonly atTop: boolean }>) => {
        this.dispatchEvent(new CustomEvent("at-top", { detail: event.detail }));
      }}
      @line-hover=${(event: CustomEvent<{ readonly timeUs: number }>) => {
        this.crosshair.point(event.detail.timeUs, this);
      }}
      @pointerleave=${() => {
        this.crosshair.leave(this);
      }}
    ></fd-virtual-log>`;
  }

  private readonly renderDetail = (line: LogLine): TemplateResult =>
    html`<fd-log-detail
      .line=${line}
      .columns=${parseList(this.url.get("cols"))}
      ?context=${parseList(this.url.get("context")).includes(line.id)}
      .traceHref=${(traceId: string) => this.url.href("trace", { trace: traceId })}
    ></fd-log-detail>`;

  private toggle(parameter: "line" | "context" | "cols", item: string): void {
    this.url.set({ [parameter]: toggleInList(this.url.get(parameter), item) || undefined }, { replace: true });
  }

  static override styles = css`
    :host {
      display: flex;
      flex-direction: column;
    }
    fd-virtual-log {
      flex: 1;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-list": LogList;
  }
}
