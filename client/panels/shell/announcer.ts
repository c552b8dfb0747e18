/**
 * `<fd-announcer>`: the one live region of the workspace. It says that a question that the learner asked has its answer
 * (what a view marks with `data-answer`), that an alert began to fire, and that the run ended. What only moves on with the
 * clock is not said.
 */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { RunState } from "../../../server/wire/run.js";
import type { ChartMarker } from "../../charts/markers.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageActivity } from "../../state/activity.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { viewById } from "../registry.js";
import { alertKey, alertsText, answerText, stateText } from "./announcements.js";
import { findDeep } from "./find-deep.js";

/** Several keys in a row are one question; what comes within it is said together. */
const RESTS_MS = 700;
/** Then the region is empty again, so that nobody reads old news. */
const STANDS_MS = 10_000;

@customElement("fd-announcer")
export class Announcer extends LitElement {
  /** What stands on the time axes; undefined until it has come. */
  @property({ attribute: false }) markers: readonly ChartMarker[] | undefined;
  @consume({ context: runContext, subscribe: true }) private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) private url!: UrlState;
  @state() private said = "";
  private known: ReadonlySet<string> | undefined;
  private runState: RunState | undefined;
  /** Whether the address changed since the last answer was said. */
  private asked = false;
  private waiting: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["changed"] });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.url.addEventListener("changed", this.questioned);
    pageActivity.addEventListener("changed", this.answered);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.url.removeEventListener("changed", this.questioned);
    pageActivity.removeEventListener("changed", this.answered);
    clearTimeout(this.timer);
  }

  override willUpdate(): void {
    const { markers, known } = this;
    if (markers !== undefined) {
      const fresh = known === undefined ? undefined : alertsText(markers, known);
      this.known = new Set(markers.map(alertKey));
      if (fresh !== undefined) this.say(fresh);
    }
    const { state: now } = this.run.store.snapshot.run;
    const ended = stateText(this.runState, now);
    this.runState = now;
    if (ended !== undefined) this.say(ended);
  }

  override render(): TemplateResult {
    return html`<p class="visually-hidden" role="status">${this.said}</p>`;
  }

  private readonly questioned = (): void => {
    this.asked = true;
    this.rest();
  };

  private readonly answered = (): void => {
    if (this.asked && pageActivity.idle) this.rest();
  };

  private say(text: string): void {
    this.waiting.push(text);
    this.rest();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.tell();
    }, RESTS_MS);
  }

  private tell(): void {
    if (this.asked && pageActivity.idle) {
      this.asked = false;
      this.waiting.push(answerText(viewById(this.url.view)?.title ?? "View", this.answers()));
    }
    if (this.waiting.length === 0) return;
    this.said = this.waiting.join(" ");
    this.waiting = [];
    this.timer = setTimeout(() => {
      this.said = "";
    }, STANDS_MS);
  }

  /** Those of the open view, or of the left one of two. */
  private answers(): readonly string[] {
    const found = findDeep(findDeep(document.body, "fd-view-host")?.shadowRoot ?? null, "[data-answer]");
    return found === undefined ? [] : [found.textContent];
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: absolute;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-announcer": Announcer;
  }
}
