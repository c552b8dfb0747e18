/**
 * The read side of logs that the query language uses: streams by their labels, and the lines of chosen streams in order
 * of time, each rendered only as far as somebody asks. A line's structured metadata has names that its stream has not.
 */
import type { LabelMatcher, Labels } from "./metric-reader.js";
import type { LogSource } from "./sources.js";

export const REFUSED = 0;
export const ACCEPTED = 1;
export const UNDECIDED = 2;
export type Verdict = typeof REFUSED | typeof ACCEPTED | typeof UNDECIDED;

/** A condition on the text of a line. */
export interface LineTest {
  test(line: string): boolean;
  /** What is certain of every line that is these texts with anything between them; of one text all. */
  judge(parts: readonly string[]): Verdict;
}

export interface LineSelection {
  readonly matchers: readonly LabelMatcher[];
  /** Both inclusive. */
  readonly fromUs: number;
  readonly toUs: number;
  /** All have to hold. */
  readonly tests: readonly LineTest[];
  readonly newestFirst: boolean;
}

/** A line in view; one object may be reused for all lines of a scan. */
export interface LineView {
  readonly timeUs: number;
  /** Number of its stream in `LogReader.streamLabels`. */
  readonly stream: number;
  /** Grows with time among lines of the same instant. */
  readonly order: number;
  line(): string;
  /** Bytes of the text, in UTF-8. */
  bytes(): number;
  metadata(name: string): string | undefined;
  allMetadata(): Labels;
}

/** What a scan has looked at. */
export interface ScanCount {
  /** Lines of the chosen streams within the time. */
  lines: number;
  /** Bytes of their texts; not counted where it is missing. */
  bytes?: number;
  /** Called every few thousand lines; throws when the scan has to end. */
  readonly watch?: () => void;
}

export interface LogReader {
  /** Labels of a stream; ascending by name. */
  streamLabels(stream: number): Labels;
  /** Streams with a line in the time (both ends inclusive). */
  streams(matchers: readonly LabelMatcher[], fromUs: number, toUs: number): readonly number[];
  /** Visits the lines in order of time until `visit` answers false. */
  scan(selection: LineSelection, visit: (line: LineView) => boolean, counted?: ScanCount): void;
}

/** Decides rows of a segment for a search. */
export interface RowDecider {
  /** Whether every line matches. */
  readonly acceptsAll: boolean;
  /** Appends the matching rows of from ≤ row < to to `found`, ascending. `rendered` hears of each line that had to be rendered. */
  collect(source: LogSource, from: number, to: number, found: number[], rendered: () => void): void;
}

/** A query for lines, ready to run: made by the query language, which stands above this folder. */
export interface LineQuery {
  readonly matchers: readonly LabelMatcher[];
  readonly tests: readonly LineTest[];
  /** Whether there is more to it than `matchers` and `tests`. */
  readonly hasStages: boolean;
  /** Whether a line that matchers and tests let through passes the other stages. */
  passes(line: LineView, stream: Labels): boolean;
  /** What the stages make of it: its text, and labels that they found. */
  outcome(line: LineView, stream: Labels): { readonly text: string; readonly labels: Labels };
}
