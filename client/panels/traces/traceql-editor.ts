/**
 * `<fd-traceql-editor>`: TraceQL with colours, completion and the server's findings at their place, each with the change
 * that would mend it. Enter runs, Shift+Enter breaks the line. Dispatches `run` {query}.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, linter } from "@codemirror/lint";
import type { Diagnostic as EditorDiagnostic } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { QueryFinding } from "../../../server/wire/traces.js";
import type { RunQueries } from "../../net/api.js";
import { editorHighlight, editorTheme } from "../metrics/editor-theme.js";
import { completeTraceql, traceqlLanguage } from "./traceql-language.js";
import type { TraceqlKnowledge } from "./traceql-language.js";

/** After the last key before the server is asked what is wrong, ms. */
const LINT_DELAY_MS = 250;

@customElement("fd-traceql-editor")
export class TraceqlEditor extends LitElement {
  @property() value = "";
  @property({ attribute: false }) queries: RunQueries | undefined;
  @property({ attribute: false }) knowledge: TraceqlKnowledge | undefined;
  @query(".editor") private readonly box!: HTMLElement;
  private view: EditorView | undefined;

  get text(): string {
    return this.view?.state.doc.toString() ?? this.value;
  }

  override focus(): void {
    this.view?.focus();
  }

  override render(): TemplateResult {
    return html`<div class="editor"></div>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.openEditor();
  }

  override firstUpdated(): void {
    this.openEditor();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // It listens to the document and the window, which would keep it and the whole view.
    this.view?.destroy();
    this.view = undefined;
  }

  private openEditor(): void {
    this.view = new EditorView({
      parent: this.box,
      root: this.renderRoot as ShadowRoot,
      state: EditorState.create({ doc: this.value, extensions: this.extensions() }),
    });
  }

  override updated(changed: PropertyValues<this>): void {
    const { view } = this;
    if (view === undefined || !changed.has("value") || this.value === view.state.doc.toString()) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: this.value } });
  }

  private async findings(view: EditorView): Promise<readonly EditorDiagnostic[]> {
    const text = view.state.doc.toString();
    if (text.trim() === "") return [];
    const found = (await this.queries?.checkTraceql(text).catch(() => [])) ?? [];
    return view.state.doc.toString() === text ? found.map((finding) => editorDiagnostic(finding, text.length)) : [];
  }

  private extensions(): readonly Extension[] {
    const run = (): boolean => {
      this.dispatchEvent(new CustomEvent("run", { detail: { query: this.text } }));
      return true;
    };
    return [
      history(),
      bracketMatching(),
      closeBrackets(),
      traceqlLanguage,
      autocompletion({ override: [completeTraceql(() => this.knowledge)] }),
      syntaxHighlighting(editorHighlight),
      editorTheme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "TraceQL query", "data-query": "" }),
      placeholder('{ resource.service.name = "…" && status = error && duration > 500ms }'),
      linter((view) => this.findings(view), { delay: LINT_DELAY_MS }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap]),
      // After the completion's own Enter, before the default's new line.
      Prec.low(keymap.of([{ key: "Enter", run, shift: insertNewlineAndIndent }])),
      Prec.lowest(keymap.of(defaultKeymap)),
    ];
  }

  static override styles = css`
    :host {
      display: block;
      min-width: 0;
    }
  `;
}

function editorDiagnostic(
  { severity, message, hint, expected, from, to, fix }: QueryFinding,
  length: number,
): EditorDiagnostic {
  const wanted = expected === undefined ? "" : `Expected: ${expected}.`;
  return {
    from: Math.min(from, Math.max(0, length - 1)),
    to: Math.min(Math.max(to, from + 1), length),
    severity,
    message: [message, wanted, hint ?? ""].filter((part) => part !== "").join(" "),
    ...(fix !== undefined && {
      actions: [
        {
          name: fix.title,
          apply: (view: EditorView) => {
            view.dispatch({ changes: { from: fix.from, to: fix.to, insert: fix.insert } });
          },
        },
      ],
    }),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-traceql-editor": TraceqlEditor;
  }
}
