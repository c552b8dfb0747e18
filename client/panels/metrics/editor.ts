/**
 * A PromQL editor with Prometheus's own completion and lint. `.diagnostics` underlines what the server found, `.metrics`
 * lets it remark on habits that give wrong figures, `.marked` shows a part of the text; what has a cure offers it where it
 * is underlined.
 */
import { autocompletion } from "@codemirror/autocomplete";
import { linter } from "@codemirror/lint";
import type { Diagnostic as EditorDiagnostic } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import type { DecorationSet } from "@codemirror/view";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { newLintStrategy } from "@prometheus-io/codemirror-promql/dist/esm/lint/index.js";
import type { PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic } from "../../../server/base/diagnostic.js";
import { QueryEditor } from "../../elements/query-editor.js";
import type { EditorLanguage } from "../../elements/query-editor.js";
import { applyFix } from "../../elements/query-fix.js";
import type { QueryFix } from "../../elements/query-fix.js";
import type { RunQueries } from "../../net/api.js";
import { CompletionClient } from "./completion-client.js";
import type { MetricEntry } from "./metric-list.js";
import { fixOf } from "./query-fixes.js";
import { remarksOn } from "./query-lint.js";

/** Asks for the lint to be drawn again: the server's findings came. */
const findingsCame = StateEffect.define();

/** A part of the text that something else on the page points at; empty for none. */
export interface MarkedPart {
  readonly from: number;
  readonly to: number;
}

const markPart = StateEffect.define<MarkedPart>();

const markedPart = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    const effect = transaction.effects.find((one) => one.is(markPart));
    if (effect === undefined) return transaction.docChanged ? Decoration.none : before;
    const { from, to } = effect.value;
    const end = Math.min(to, transaction.newDoc.length);
    return end <= from
      ? Decoration.none
      : Decoration.set([Decoration.mark({ class: "cm-marked-part" }).range(from, end)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

@customElement("fd-promql-editor")
export class PromqlEditor extends QueryEditor {
  @property({ attribute: false }) queries: RunQueries | undefined;
  @property({ attribute: false }) diagnostics: readonly Diagnostic[] = [];
  @property({ attribute: false }) metrics: readonly MetricEntry[] = [];
  @property({ attribute: false }) marked: MarkedPart | undefined;
  @property() label = "PromQL query";
  private promql: PromQLExtension | undefined;

  /** Puts `text` at the cursor, for the metric browser. */
  insert(text: string): void {
    this.view?.dispatch(this.view.state.replaceSelection(text));
    this.focus();
  }

  protected override language(): EditorLanguage {
    // Its lint is ours to run: it would wipe out what the server found.
    this.promql = new PromQLExtension().activateLinter(false);
    if (this.queries !== undefined) this.promql.setComplete({ remote: new CompletionClient(this.queries) });
    return {
      label: this.label,
      example: 'rate(http_server_request_duration_seconds_count{job="…"}[1m])',
      extensions: [autocompletion(), markedPart, this.promql.asExtension(), this.lint()],
    };
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { view } = this;
    if (view === undefined) return;
    if (changed.has("diagnostics") || changed.has("metrics")) view.dispatch({ effects: findingsCame.of(null) });
    if (changed.has("marked")) view.dispatch({ effects: markPart.of(this.marked ?? { from: 0, to: 0 }) });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.promql?.destroy();
  }

  /** What the server found, as long as the text is still the one that it was asked. */
  private findings(view: EditorView): readonly EditorDiagnostic[] {
    const { doc } = view.state;
    if (doc.toString().trim() !== this.value.trim()) return [];
    return this.diagnostics.map((diagnostic) => {
      const { from, to, severity, message, expected, hint } = diagnostic;
      const told = [message, expected === undefined ? "" : `Expected: ${expected}.`, hint ?? ""];
      return {
        from: Math.min(from, Math.max(0, doc.length - 1)),
        to: Math.min(Math.max(to, from + 1), doc.length),
        severity,
        message: told.filter((part) => part !== "").join(" "),
        ...actionsOf(fixOf(diagnostic, doc.toString())),
      };
    });
  }

  /** Habits that give wrong figures without an error. */
  private remarks(view: EditorView): readonly EditorDiagnostic[] {
    const text = view.state.doc.toString();
    return remarksOn(text, this.metrics).map(({ message, from, to, fix }) => ({
      from,
      to: Math.max(to, from + 1),
      severity: "info",
      message,
      ...actionsOf(fix),
    }));
  }

  private lint(): Extension {
    const strategy = newLintStrategy();
    const local = strategy.promQL();
    return linter(
      async (view) => {
        const found = this.findings(view);
        // The server's words are the better ones; until they come the grammar's serve.
        return [...(found.length > 0 ? found : await local.call(strategy, view)), ...this.remarks(view)];
      },
      {
        needsRefresh: ({ transactions }) =>
          transactions.some(({ effects }) => effects.some((effect) => effect.is(findingsCame))),
      },
    );
  }
}

/** A fix as the editor offers it: a button beside the message. */
function actionsOf(fix: QueryFix | undefined): Pick<EditorDiagnostic, "actions"> {
  if (fix === undefined) return {};
  const apply = (view: EditorView): void => {
    const text = view.state.doc.toString();
    view.dispatch({ changes: { from: 0, to: text.length, insert: applyFix(text, fix) } });
  };
  return { actions: [{ name: fix.title, apply }] };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-promql-editor": PromqlEditor;
  }
}
