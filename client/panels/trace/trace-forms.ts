/** How a trace can be shown. */
const TRACE_FORMS = ["waterfall", "flame", "table"] as const;

export type TraceForm = (typeof TRACE_FORMS)[number];

/** As the address has it; a form that nobody knows is the waterfall. */
export const traceFormOf = (text: string | undefined): TraceForm =>
  TRACE_FORMS.find((form) => form === text) ?? "waterfall";
