/**
 * The notebook: hypotheses with how much they are believed, and exhibits with what they showed when they were pinned.
 * The same element is the dock at the right and, with `wide`, the view. Everything in it is part of the run: each
 * change is a command, and two tabs show the same.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { Command, Hypothesis, RunSnapshot } from "../../../server/wire/run.js";
import { formatClock } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./exhibit-row.js";
import "./hypothesis-form.js";
import type { HypothesisForm } from "./hypothesis-form.js";
import "./hypothesis-row.js";
import "./judgement-matrix.js";
import { exhibitsTable, NOTEBOOK_REQUESTS } from "./notebook-export.js";
import { classTitle, notebookMarkdown, sortHypotheses } from "./notebook-model.js";

const CLOSED_STATES: ReadonlySet<string> = new Set(["submitted", "debriefed", "abandoned"]);

@customElement("fd-notebook")
export class NotebookPanel extends LitElement {
  /** Two columns and exhibits opened: the notebook as a view. */
  @property({ type: Boolean, reflect: true }) wide = false;
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @query("fd-hypothesis-form") private readonly form!: HypothesisForm | null;
  @state() private failure: ApiError | undefined;

  private readonly vocabulary = new QueryController(this, {
    key: () => this.run.runId,
    run: async (signal) => {
      const [catalogue, taxonomy] = await Promise.all([this.run.queries.catalogue(signal), api.taxonomy(signal)]);
      return { components: catalogue.components, taxonomy };
    },
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { snapshot } = this.run.store;
    const closed = CLOSED_STATES.has(snapshot.run.state);
    return html`
      ${this.failure ? html`<fd-error-notice .error=${this.failure}></fd-error-notice>` : nothing}
      <section aria-label="Hypotheses">
        <header class="row">
          <h2>Hypotheses</h2>
          <fd-export-menu class="end" ?compact=${!this.wide} .source=${() => this.exported(snapshot)}></fd-export-menu>
        </header>
        ${this.renderHypotheses(snapshot, closed)}
      </section>
      <section aria-label="Exhibits">
        <header class="row">
          <h2>Exhibits <span class="soft">${snapshot.notebook.exhibits.length}</span></h2>
        </header>
        ${this.renderExhibits(snapshot, closed)}
        ${
          this.wide
            ? html`<fd-judgement-matrix
                .hypotheses=${snapshot.notebook.hypotheses}
                .exhibits=${snapshot.notebook.exhibits}
                .taxonomy=${this.vocabulary.value?.taxonomy ?? []}
                ?readonly=${closed}
                @hypothesis-changed=${this.put}
              ></fd-judgement-matrix>`
            : nothing
        }
        ${closed ? nothing : html`<a class="submit" href=${this.url.href("submit")}>Submit a diagnosis</a>`}
      </section>
    `;
  }

  /** The key `h` leads here with `new=hypothesis` in the address. */
  override updated(): void {
    if (!this.wide || this.url.get("new") !== "hypothesis" || this.form === null) return;
    this.url.set({ new: undefined }, { replace: true });
    this.beginHypothesis();
  }

  /** Puts the focus into the form of a new hypothesis; a closed run has none. */
  beginHypothesis(): void {
    const { form } = this;
    void form?.updateComplete.then(() => {
      form.focus();
    });
  }

  private renderHypotheses({ notebook }: RunSnapshot, closed: boolean): TemplateResult {
    const taxonomy = this.vocabulary.value?.taxonomy ?? [];
    return html`
      ${this.vocabulary.error ? html`<fd-error-notice .error=${this.vocabulary.error}></fd-error-notice>` : nothing}
      ${repeat(
        sortHypotheses(notebook.hypotheses),
        ({ id }) => id,
        (hypothesis) =>
          html`<fd-hypothesis-row
            .hypothesis=${hypothesis}
            .faultTitle=${classTitle(taxonomy, hypothesis.faultClass)}
            ?readonly=${closed}
            @hypothesis-changed=${this.put}
            @hypothesis-removed=${(event: CustomEvent<{ id: string }>) => {
              void this.send({ kind: "remove-hypothesis", hypothesis: event.detail.id });
            }}
          ></fd-hypothesis-row>`,
      )}
      ${
        closed
          ? nothing
          : html`<fd-hypothesis-form
              .components=${this.vocabulary.value?.components ?? []}
              .taxonomy=${taxonomy}
              @hypothesis-changed=${this.put}
            ></fd-hypothesis-form>`
      }
    `;
  }

  private renderExhibits({ notebook }: RunSnapshot, closed: boolean): TemplateResult {
    if (notebook.exhibits.length === 0) {
      return html`<fd-empty-state heading="Nothing pinned yet">
        Pin a chart, a search, a trace or a change: it stays here as it was, and leads back to where it was. Begin with
        the <a href=${this.url.href("alerts")}>alerts</a> or the <a href=${this.url.href("map")}>map</a>.
      </fd-empty-state>`;
    }
    return html`${repeat(
      notebook.exhibits,
      ({ id }) => id,
      (exhibit, index) =>
        html`<fd-exhibit-row
          .exhibit=${exhibit}
          .runId=${this.run.runId}
          .number=${index + 1}
          ?expanded=${this.wide}
          ?readonly=${closed}
          @exhibit-noted=${(event: CustomEvent<{ id: string; note: string }>) => {
            void this.send({ kind: "annotate", exhibit: event.detail.id, note: event.detail.note });
          }}
          @exhibit-removed=${(event: CustomEvent<{ id: string }>) => {
            void this.send({ kind: "unpin", exhibit: event.detail.id });
          }}
        ></fd-exhibit-row>`,
    )}`;
  }

  private readonly put = (event: CustomEvent<Hypothesis>): void => {
    void this.send({ kind: "put-hypothesis", hypothesis: event.detail });
  };

  private async send(command: Command): Promise<void> {
    const answer = await this.run.store.send(command);
    this.failure = answer.ok ? undefined : answer.error;
  }

  private exported({ notebook, run }: RunSnapshot): ExportSource {
    return {
      title: `Notebook ${run.scenarioTitle}`,
      table: exhibitsTable(notebook),
      json: notebook,
      markdown: notebookMarkdown(notebook, {
        title: run.scenarioTitle,
        taxonomy: this.vocabulary.value?.taxonomy ?? [],
        clock: (us) => formatClock(us),
      }),
      requests: NOTEBOOK_REQUESTS,
    };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-4);
        padding: var(--space-3);
        min-width: 0;
      }
      :host([wide]) {
        display: grid;
        grid-template-columns: minmax(300px, 2fr) 3fr;
        gap: var(--space-5);
        align-items: start;
        padding: var(--space-3) var(--space-4);
      }
      section {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        min-width: 0;
      }
      header {
        min-height: var(--control);
      }
      .end {
        margin-inline-start: auto;
      }
      .submit {
        align-self: start;
        padding-block: var(--space-1);
      }
      @container (max-width: 760px) {
        :host([wide]) {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-notebook": NotebookPanel;
  }
}
