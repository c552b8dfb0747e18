/**
 * What stands over all views: the guided first incident, the field notes, and the commands on values where no value has
 * the focus (elements/value-commands.ts). The sheets are fetched when they are first wanted.
 */
import { pageStorage } from "../../state/browser-storage.js";
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { BOX_COMPARE, boxCompare } from "../../state/compare-url.js";
import type { BoxCompareDetail } from "../../state/compare-url.js";
import type { UrlState } from "../../state/url-state.js";
import type { GuideStrip } from "../guide/guide-strip.js";
import { readGuide } from "../guide/steps.js";
import { compareOfView, subjectOfView } from "./compare-of-view.js";

@customElement("fd-insight")
export class Insight extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private notesReady = false;
  @state() private notesOpen = false;
  @state() private guideReady = false;
  @query("fd-guide-strip") private readonly guide!: GuideStrip | null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("fd-command", this.commanded);
    window.addEventListener(BOX_COMPARE, this.boxed);
    const { state: standing } = readGuide(pageStorage);
    if (standing === "running" || standing === "new") void this.loadGuide();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("fd-command", this.commanded);
    window.removeEventListener(BOX_COMPARE, this.boxed);
  }

  override render(): TemplateResult {
    return html`${this.guideReady ? html`<fd-guide-strip></fd-guide-strip>` : nothing}${
      this.notesReady
        ? html`<fd-field-notes
            .open=${this.notesOpen}
            .view=${this.url.view}
            @close=${() => {
              this.notesOpen = false;
            }}
          ></fd-field-notes>`
        : nothing
    }`;
  }

  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    const actions: Readonly<Record<string, () => void>> = {
      "notes.open": () => void this.openNotes(),
      "guide.resume": () => void this.resumeGuide(),
      "value.compare": () => {
        this.compare();
      },
      "value.return": () => {
        history.back();
      },
      "hypothesis.new": () => {
        this.url.open("notebook", { new: "hypothesis" });
      },
    };
    actions[id]?.();
  };

  /** A stretch of a chart that was drawn with Shift, against the rest of the window. */
  private readonly boxed = (event: Event): void => {
    const { subject, ...box } = (event as CustomEvent<BoxCompareDetail>).detail;
    const { url } = this;
    const shown = { view: url.view, read: (name: string) => url.get(name) };
    url.open("compare", boxCompare(subject ?? subjectOfView(shown, this.time.window()), box));
  };

  private compare(): void {
    const { url, time, run } = this;
    const values = compareOfView(
      { view: url.view, read: (name) => url.get(name) },
      time.window(),
      run.store.snapshot.page?.firingSinceUs,
    );
    if (values !== undefined) url.open("compare", values);
  }

  private async openNotes(): Promise<void> {
    await import("../notes/field-notes.js");
    this.notesReady = true;
    this.notesOpen = true;
  }

  private async loadGuide(): Promise<void> {
    await import("../guide/guide-strip.js");
    this.guideReady = true;
  }

  private async resumeGuide(): Promise<void> {
    await this.loadGuide();
    await this.updateComplete;
    this.guide?.resume();
  }

  static override styles = css`
    :host {
      display: block;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-insight": Insight;
  }
}
