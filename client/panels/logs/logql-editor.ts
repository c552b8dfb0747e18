/**
 * A LogQL editor: completion of labels, values and stages from the run's own lines, and the server's own parser as lint, with
 * its fixes to apply. Enter runs, Shift+Enter breaks the line. Dispatches `run` {query}.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
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
import type { RunQueries } from "../../net/api.js";
import { editorHighlight, editorTheme } from "../metrics/editor-theme.js";
import { completionPlace, FUNCTIONS, RANGES, STAGES } from "./logql-context.js";
import type { CompletionPlace, Word } from "./logql-context.js";
import { logqlLanguage } from "./logql-language.js";

@customElement("fd-logql-editor")
export class LogqlEditor extends LitElement {
  @property() value = "";
  @property({ attribute: false }) queries: RunQueries | undefined;
  @query(".editor") private readonly box!: HTMLElement;
  private view: EditorView | undefined;
  private readonly known = new Map<string, Promise<readonly string[]>>();

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

  private readonly complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = completionPlace(context.state.sliceDoc(0, context.pos));
    if (place === undefined) return null;
    const isAsked = context.explicit || context.pos > place.from || place.kind !== "function";
    if (!isAsked) return null;
    return { from: place.from, options: await this.options(place), validFor: /^[\w.:-]*$/ };
  };

  private async options(place: CompletionPlace): Promise<Completion[]> {
    switch (place.kind) {
      case "label":
        return (await this.names("labels")).map((label) => ({ label, type: "property" }));
      case "value":
        return (await this.names(`label/${encodeURIComponent(place.label)}/values`)).map((label) => ({
          label,
          type: "text",
        }));
      case "range":
        return RANGES.map((label) => ({ label, type: "constant", apply: `${label}]` }));
      case "stage": {
        const fields = await this.names("detected_fields");
        return [
          ...STAGES.map((word) => completionOf(word, "keyword")),
          ...fields.map((label) => ({ label, type: "property", detail: "field", apply: `${label}="` })),
        ];
      }
      case "function":
        return FUNCTIONS.map((word) => completionOf(word, "function"));
    }
  }

  /** Names that Loki's API answers with; none where it does not answer. */
  private names(endpoint: string): Promise<readonly string[]> {
    const known = this.known.get(endpoint);
    if (known !== undefined || this.queries === undefined) return known ?? Promise.resolve([]);
    const asked = this.queries.loki(endpoint, {}).then(
      ({ data, fields }) =>
        fields === undefined || fields === null ? (data as readonly string[]) : fields.map(({ label }) => label),
      () => {
        this.known.delete(endpoint);
        return [];
      },
    );
    this.known.set(endpoint, asked);
    return asked;
  }

  private lint(): Extension {
    return linter(
      async (view): Promise<readonly EditorDiagnostic[]> => {
        const text = view.state.doc.toString();
        if (text.trim() === "" || this.queries === undefined) return [];
        const reading = await this.queries.readLogql(text).catch(() => undefined);
        if (reading?.kind !== "error") return [];
        return reading.diagnostics.map(({ from, to, severity, message, fixes = [] }) => ({
          from: Math.min(from, Math.max(0, text.length - 1)),
          to: Math.min(Math.max(to, from + 1), text.length),
          severity,
          message,
          actions: fixes.map((fix) => ({
            name: fix.title,
            apply: (target: EditorView) => {
              target.dispatch({ changes: { from: fix.from, to: fix.to, insert: fix.text } });
            },
          })),
        }));
      },
      { delay: 250 },
    );
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
      autocompletion({ override: [this.complete] }),
      logqlLanguage,
      syntaxHighlighting(editorHighlight),
      editorTheme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "LogQL query", "data-query": "" }),
      placeholder('{service_name="order"} |= "failed"'),
      this.lint(),
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
      /* \`|=\` is two signs and not one. */
      font-variant-ligatures: none;
    }
  `;
}

const completionOf = ({ label, detail, apply }: Word, type: string): Completion => ({
  label,
  detail,
  type,
  ...(apply === undefined ? {} : { apply }),
});

declare global {
  interface HTMLElementTagNameMap {
    "fd-logql-editor": LogqlEditor;
  }
}
