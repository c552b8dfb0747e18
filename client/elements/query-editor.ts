/**
 * What the editors of the query languages have in common: CodeMirror in a field of its own, its life and its keys. Enter
 * runs, Shift+Enter breaks the line, Tab leaves the field. Dispatches `run` {query}. A language brings its colours,
 * completion and findings.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { LitElement, css, html } from "lit";
import type { CSSResultGroup, PropertyValues, TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { editorHighlight, editorTheme } from "./editor-theme.js";

export interface EditorLanguage {
  /** What the field is called. */
  readonly label: string;
  /** Shown while it is empty. */
  readonly example: string;
  /** Grammar, completion, lint. */
  readonly extensions: readonly Extension[];
}

export abstract class QueryEditor extends LitElement {
  @property() value = "";
  @query(".editor") private readonly box!: HTMLElement;
  protected view: EditorView | undefined;

  /** Asked each time an editor is opened. */
  protected abstract language(): EditorLanguage;

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

  override updated(changed: PropertyValues<this>): void {
    const { view } = this;
    if (view === undefined || !changed.has("value") || this.value === view.state.doc.toString()) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: this.value } });
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

  private extensions(): readonly Extension[] {
    const { label, example, extensions } = this.language();
    const run = (): boolean => {
      this.dispatchEvent(new CustomEvent("run", { detail: { query: this.text } }));
      return true;
    };
    return [
      history(),
      bracketMatching(),
      closeBrackets(),
      extensions,
      syntaxHighlighting(editorHighlight),
      editorTheme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, "data-query": "" }),
      placeholder(example),
      keymap.of([
        { key: "Mod-Enter", run },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...lintKeymap,
        ...historyKeymap,
      ]),
      // After the completion's own Enter, before the default's new line.
      Prec.low(keymap.of([{ key: "Enter", run, shift: insertNewlineAndIndent }])),
      Prec.lowest(keymap.of(defaultKeymap)),
    ];
  }

  static override styles: CSSResultGroup = css`
    :host {
      display: block;
      min-width: 0;
    }
  `;
}
