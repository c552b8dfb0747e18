/**
 * `<fd-stack-flame>`: frames of a profile as a flame graph, with their figures in words and the functions that are looked
 * for. The `main` one has its zoom and its chosen frame in the address; a frame of another one opens its function.
 */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FlameFrame, FlameLayout } from "../../charts/flame-layout.js";
import "../../charts/flame.js";
import type { FlameRange } from "../../charts/flame.js";
import { findFrames } from "../../charts/flame-tree.js";
import type { FlameTree } from "../../charts/flame-tree.js";
import type { StackFrame } from "../../charts/stack-frames.js";
import { StoreController } from "../../controllers/store-controller.js";
import { urlContext } from "../../state/contexts.js";
import { Remembered } from "../../state/remembered.js";
import type { UrlState } from "../../state/url-state.js";
import { parseFlameRange, printFlameRange } from "./flame-zoom.js";
import { frameText, functionOf } from "./profile-reading.js";
import type { ProfileReading } from "./profile-reading.js";

@customElement("fd-stack-flame")
export class StackFlame extends LitElement {
  @property({ attribute: false }) reading!: ProfileReading;
  /** The profile, or the part of it that is drawn. */
  @property({ attribute: false }) tree!: FlameTree;
  @property({ attribute: false }) layout!: FlameLayout;
  @property() caption = "";
  @property({ type: Boolean }) main = false;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  private readonly remembered = new Remembered();

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { layout, main } = this;
    return html`<fd-flame
      clickOpens
      style="--rows:${String(layout.rows.length)}"
      .layout=${layout}
      .range=${main ? parseFlameRange(this.url.get("zoom")) : undefined}
      .selected=${main ? this.url.get("frame") : undefined}
      .found=${this.found()}
      .caption=${this.caption}
      .subjectOf=${({ id }: FlameFrame) => ({ field: "function", value: functionOf(id), service: this.reading.request.service })}
      .describe=${(frame: FlameFrame) => frameText(this.reading, this.tree, frame as StackFrame)}
      @frame-select=${(event: CustomEvent<{ readonly id: string }>) => {
        if (main) this.url.set({ frame: event.detail.id }, { replace: true });
      }}
      @frame-open=${(event: CustomEvent<{ readonly id: string }>) => {
        if (main) this.url.set({ frame: event.detail.id });
        else this.url.set({ fn: functionOf(event.detail.id) });
      }}
      @range-change=${(event: CustomEvent<{ readonly range: FlameRange | undefined }>) => {
        if (main) this.url.set({ zoom: printFlameRange(event.detail.range) }, { replace: true });
      }}
    ></fd-flame>`;
  }

  private found(): ReadonlySet<string> | undefined {
    const find = this.url.get("find");
    if (find === undefined) return undefined;
    const { layout, tree } = this;
    const key = [this.reading.key, find, this.url.get("order"), this.url.get("fn"), layout.byId.size];
    return this.remembered.once("found", key, () => {
      const { matches } = findFrames(tree, find);
      const names = new Set(tree.names.filter((_, at) => matches[at] === 1));
      return new Set([...layout.byId.keys()].filter((id) => names.has(functionOf(id))));
    });
  }

  /* As high as its rows, so that what follows it does; it scrolls where there is no room. */
  static override styles = css`
    :host {
      display: contents;
    }
    fd-flame {
      flex: 0 1 calc(var(--rows, 3) * 20px + 2px);
      min-height: 62px;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-stack-flame": StackFlame;
  }
}
