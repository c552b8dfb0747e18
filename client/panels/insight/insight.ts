/**
 * What stands over all views: the guided first incident, the field notes, and the commands on values where no value has
 * the focus (elements/value-commands.ts). The sheets are fetched when they are first wanted.
 */
import { pageStorage } from "../../state/browser-storage.js";
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { BOX_COMPARE, boxCompare } from "../../state/compare-url.js";
import type { BoxCompareDetail } from "../../state/compare-url.js";
import type { UrlState } from "../../state/url-state.js";
import type { GuideStrip } from "../guide/guide-strip.js";
import { readGuide } from "../guide/steps.js";
import type { NotebookPanel } from "../notebook/notebook.js";
import type { SidePane } from "../shell/side-pane.js";
import { compareOfView, subjectOfView } from "./compare-of-view.js";

/** What a command or a box is about: one of two views has its own address, and may have its own time. */
type Side = Readonly<Pick<SidePane, "url" | "time">>;

@customElement("fd-insight")
export class Insight extends LitElement {
  /** The notebook beside the view, where it is open. */
  @property({ attribute: false }) dock: () => NotebookPanel | null = () => null;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  /** Of the page, or of the left of two sides. */
  @consume({ context: urlContext, subscribe: true }) @state() url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() time!: TimeModel;
  @state() private notesReady = false;
  @state() private notesOpen = false;
  @state() private notesView = "";
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
            .view=${this.notesView}
            @close=${() => {
              this.notesOpen = false;
            }}
          ></fd-field-notes>`
        : nothing
    }`;
  }

  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    const side = this.sideOf(event);
    const actions: Readonly<Record<string, () => void>> = {
      "notes.open": () => void this.openNotes(side.url.view),
      "guide.resume": () => void this.resumeGuide(),
      "value.compare": () => {
        this.compare(side);
      },
      "value.return": () => {
        history.back();
      },
      "hypothesis.new": () => {
        const dock = this.dock();
        if (dock === null) side.url.open("notebook", { new: "hypothesis" });
        else dock.beginHypothesis();
      },
    };
    actions[id]?.();
  };

  /** A stretch of a chart that was drawn with Shift, against the rest of the window. */
  private readonly boxed = (event: Event): void => {
    const { subject, ...box } = (event as CustomEvent<BoxCompareDetail>).detail;
    const { url, time } = this.sideOf(event);
    const shown = { view: url.view, read: (name: string) => url.get(name) };
    url.open("compare", boxCompare(subject ?? subjectOfView(shown, time.window()), box));
  };

  /** The right side where the event comes from there, else the page. */
  private sideOf(event: Event): Side {
    const pane = event
      .composedPath()
      .find((node): node is SidePane => node instanceof Element && node.matches("fd-side-pane"));
    return pane ?? this;
  }

  private compare({ url, time }: Side): void {
    const values = compareOfView(
      { view: url.view, read: (name) => url.get(name) },
      time.window(),
      this.run.store.snapshot.page?.firingSinceUs,
    );
    if (values !== undefined) url.open("compare", values);
  }

  private async openNotes(view: string): Promise<void> {
    await import("../notes/field-notes.js");
    this.notesReady = true;
    this.notesView = view;
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
