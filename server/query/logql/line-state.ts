/**
 * One line on its way through the stages: its text, and its labels in three kinds that hide one another, parsed before
 * structured metadata before those of the stream. Text and metadata are rendered when a stage asks for them.
 * Source: grafana/loki pkg/logql/log/labels.go.
 */
import type { LineView } from "../../telemetry/log-reader.js";
import type { Labels } from "../../telemetry/metric-reader.js";

export const ERROR_LABEL = "__error__";
export const ERROR_DETAILS_LABEL = "__error_details__";
export const PRESERVE_ERROR_LABEL = "__preserve_error__";

const NO_LABELS: Labels = {};

export class LineState {
  error = "";
  errorDetails = "";
  #view: LineView | undefined;
  #stream: Labels = NO_LABELS;
  #text: string | undefined;
  readonly #parsed = new Map<string, string>();
  readonly #deleted = new Set<string>();

  enter(view: LineView, stream: Labels): void {
    this.#view = view;
    this.#stream = stream;
    this.#text = undefined;
    this.error = "";
    this.errorDetails = "";
    if (this.#parsed.size > 0) this.#parsed.clear();
    if (this.#deleted.size > 0) this.#deleted.clear();
  }

  get timeUs(): number {
    return this.#view?.timeUs ?? 0;
  }

  get line(): string {
    return (this.#text ??= this.#view?.line() ?? "");
  }

  set line(text: string) {
    this.#text = text;
  }

  /** Whether a label of the stream has this name: a field that a parser finds is then called `<name>_extracted`. */
  streamHas(name: string): boolean {
    return Object.hasOwn(this.#stream, name);
  }

  isParsed(name: string): boolean {
    return this.#parsed.has(name);
  }

  get(name: string): string | undefined {
    const parsed = this.#parsed.get(name);
    if (parsed !== undefined) return parsed;
    if (this.#deleted.has(name)) return undefined;
    return Object.hasOwn(this.#stream, name) ? this.#stream[name] : this.#view?.metadata(name);
  }

  set(name: string, value: string): void {
    this.#parsed.set(name, value);
  }

  delete(name: string): void {
    this.#parsed.delete(name);
    this.#deleted.add(name);
  }

  /** The first error stays where it says more than a later one. */
  fail(error: string, details: string): void {
    this.error = error;
    this.errorDetails = details;
  }

  /** All labels, those of errors too. */
  labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    for (const kind of [this.#stream, this.#view?.allMetadata() ?? NO_LABELS]) {
      for (const name in kind) if (!this.#deleted.has(name)) labels[name] = kind[name];
    }
    for (const [name, value] of this.#parsed) labels[name] = value;
    if (this.error !== "") labels[ERROR_LABEL] = this.error;
    if (this.errorDetails !== "") labels[ERROR_DETAILS_LABEL] = this.errorDetails;
    return labels;
  }

  /** Labels by kind, for answers that keep them apart. */
  kinds(): LabelKinds {
    const kept = (labels: Labels): Record<string, string> => {
      const out: Record<string, string> = {};
      for (const name in labels) {
        if (!this.#deleted.has(name) && !this.#parsed.has(name)) out[name] = labels[name];
      }
      return out;
    };
    const parsed = Object.fromEntries(this.#parsed);
    if (this.error !== "") parsed[ERROR_LABEL] = this.error;
    if (this.errorDetails !== "") parsed[ERROR_DETAILS_LABEL] = this.errorDetails;
    return { stream: kept(this.#stream), metadata: kept(this.#view?.allMetadata() ?? NO_LABELS), parsed };
  }
}

export interface LabelKinds {
  readonly stream: Labels;
  readonly metadata: Labels;
  readonly parsed: Labels;
}
