/** How query editors look: colours from the tokens, so that it follows the theme by itself. */
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const editorTheme = EditorView.theme({
  "&": {
    fontSize: "var(--text-m)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    background: "var(--surface-1)",
    color: "var(--ink)",
  },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-data)", lineHeight: "1.6", maxHeight: "180px" },
  ".cm-content": { caretColor: "var(--ink)", padding: "4px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { background: "var(--accent-soft) !important" },
  ".cm-matchingBracket": { background: "none" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--surface-2)", outline: "1px solid var(--line-strong)" },
  ".cm-marked-part": { background: "var(--accent-soft)", outline: "1px solid var(--accent)", borderRadius: "2px" },
  ".cm-diagnosticAction": {
    background: "var(--accent)",
    color: "var(--accent-ink)",
    borderRadius: "var(--radius)",
    padding: "1px 6px",
  },
  ".cm-placeholder": { color: "var(--ink-soft)" },
  ".cm-tooltip": {
    background: "var(--surface-1)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    color: "var(--ink)",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-data)", fontSize: "var(--text-s)", maxHeight: "260px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-soft)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-completionInfo": { padding: "4px 8px", maxWidth: "360px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--severity-critical)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--severity-warning)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--severity-critical) 1px",
    textUnderlineOffset: "3px",
  },
});

export const editorHighlight = HighlightStyle.define([
  { tag: [tags.function(tags.variableName), tags.keyword, tags.modifier], color: "var(--series-6)" },
  { tag: tags.operatorKeyword, color: "var(--series-6)" },
  { tag: tags.string, color: "color-mix(in srgb, var(--series-3) 78%, var(--ink))" },
  { tag: [tags.number, tags.literal], color: "var(--series-5)" },
  { tag: tags.labelName, color: "var(--series-4)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.operator, tags.paren, tags.brace, tags.squareBracket], color: "var(--ink-soft)" },
]);
