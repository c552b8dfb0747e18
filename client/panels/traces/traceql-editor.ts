/**
 * `<fd-traceql-editor>`: TraceQL with colours, completion and the server's findings at their place, each with the change
 * that would mend it.
 */
import { autocompletion } from "@codemirror/autocomplete";
import { linter } from "@codemirror/lint";
import type { Diagnostic as EditorDiagnostic } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import { customElement, property } from "lit/decorators.js";
import type { QueryFinding } from "../../../server/wire/traces.js";
import { QueryEditor } from "../../elements/query-editor.js";
import type { EditorLanguage } from "../../elements/query-editor.js";
import type { RunQueries } from "../../net/api.js";
import { completeTraceql, traceqlLanguage } from "./traceql-language.js";
import type { TraceqlKnowledge } from "./traceql-language.js";

/** After the last key before the server is asked what is wrong, ms. */
const LINT_DELAY_MS = 250;

@customElement("fd-traceql-editor")
export class TraceqlEditor extends QueryEditor {
  @property({ attribute: false }) queries: RunQueries | undefined;
  @property({ attribute: false }) knowledge: TraceqlKnowledge | undefined;

  protected override language(): EditorLanguage {
    return {
      label: "TraceQL query",
      example: '{ resource.service.name = "…" && status = error && duration > 500ms }',
      extensions: [
        traceqlLanguage,
        autocompletion({ override: [completeTraceql(() => this.knowledge)] }),
        linter((view) => this.findings(view), { delay: LINT_DELAY_MS }),
      ],
    };
  }

  private async findings(view: EditorView): Promise<readonly EditorDiagnostic[]> {
    const text = view.state.doc.toString();
    if (text.trim() === "") return [];
    const found = (await this.queries?.checkTraceql(text).catch(() => [])) ?? [];
    return view.state.doc.toString() === text ? found.map((finding) => editorDiagnostic(finding, text.length)) : [];
  }
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
