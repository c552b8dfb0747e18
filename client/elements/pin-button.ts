/** Pins what its view shows: `<fd-pin-button .exhibit=${() => ({title, frozen})}>`. Called at the click, not before. */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ExhibitContent, ViewReference } from "../../server/wire/run.js";
import { runContext, timeContext, urlContext } from "../state/contexts.js";
import type { RunContext, TimeModel } from "../state/contexts.js";
import type { UrlState } from "../state/url-state.js";
import { icon } from "./icons.js";
import { sharedStyles } from "./shared.styles.js";

export interface ExhibitParts {
  readonly title: string;
  readonly frozen: ExhibitContent;
  /** Where it was seen; the view that is open now where left out. */
  readonly reference?: ViewReference;
}

/** How long the button says that it worked, ms. */
const CONFIRM_MS = 1_500;

@customElement("fd-pin-button")
export class PinButton extends LitElement {
  @property({ attribute: false }) exhibit: () => ExhibitParts | undefined = () => undefined;
  @property() label = "Pin";
  /** Icon only. */
  @property({ type: Boolean }) compact = false;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @state() private outcome: "pinned" | "refused" | undefined;
  private refusal = "";

  override render(): TemplateResult {
    const text = this.outcome === "pinned" ? "Pinned" : this.outcome === "refused" ? "Not pinned" : this.label;
    return html`<button
        class="quiet"
        title=${this.outcome === "refused" ? this.refusal : "Pin to the notebook, live and as it is now"}
        aria-label=${this.compact ? text : nothing}
        @click=${() => void this.pin()}
      >
        ${icon(this.outcome === "pinned" ? "check" : "pin", 14)}${this.compact ? nothing : html`<span>${text}</span>`}
      </button>
      <span class="visually-hidden" role="status">${this.outcome === undefined ? "" : text}</span>`;
  }

  /** Also for the `p` key of a view. */
  async pin(): Promise<void> {
    const { run, url, time } = this;
    const parts = this.exhibit();
    if (run === undefined || url === undefined || time === undefined || parts === undefined) return;
    const reference = parts.reference ?? { view: url.view, search: url.search, window: time.window() };
    const exhibit = {
      id: crypto.randomUUID(),
      title: parts.title,
      reference,
      frozen: parts.frozen,
      pinnedAtUs: run.store.nowUs(),
      note: "",
    };
    const answer = await run.store.send({ kind: "pin", exhibit });
    this.outcome = answer.ok ? "pinned" : "refused";
    this.refusal = answer.ok ? "" : answer.error.message;
    setTimeout(() => {
      this.outcome = undefined;
    }, CONFIRM_MS);
  }

  static override styles = sharedStyles;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-pin-button": PinButton;
  }
}
