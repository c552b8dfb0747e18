/**
 * A LogQL editor: completion of labels, values and stages from the run's own lines, and the server's own parser as lint, with
 * its fixes to apply.
 */
import { autocompletion } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { linter } from "@codemirror/lint";
import type { Diagnostic as EditorDiagnostic } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { css } from "lit";
import type { CSSResultGroup } from "lit";
import { customElement, property } from "lit/decorators.js";
import { QueryEditor } from "../../elements/query-editor.js";
import type { EditorLanguage } from "../../elements/query-editor.js";
import type { RunQueries } from "../../net/api.js";
import { completionPlace, FUNCTIONS, RANGES, STAGES } from "./logql-context.js";
import type { CompletionPlace, Word } from "./logql-context.js";
import { logqlLanguage } from "./logql-language.js";

@customElement("fd-logql-editor")
export class LogqlEditor extends QueryEditor {
  @property({ attribute: false }) queries: RunQueries | undefined;
  private readonly known = new Map<string, Promise<readonly string[]>>();

  protected override language(): EditorLanguage {
    return {
      label: "LogQL query",
      example: '{service_name="order"} |= "failed"',
      extensions: [autocompletion({ override: [this.complete] }), logqlLanguage, this.lint()],
    };
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

  static override styles: CSSResultGroup = [
    QueryEditor.styles,
    css`
      :host {
        /* \`|=\` is two signs and not one. */
        font-variant-ligatures: none;
      }
    `,
  ];
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
