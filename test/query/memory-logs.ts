/** Lines in memory behind the query language's read interface: the obvious implementation, with streams as they are pushed. */
import { utf8Length } from "../../server/base/utf8.js";
import type { LineSelection, LineView, LogReader, ScanCount } from "../../server/telemetry/log-reader.js";
import { compileMatcher } from "../../server/telemetry/matcher.js";
import type { LabelMatcher, Labels } from "../../server/telemetry/metric-reader.js";

export interface PushedEntry {
  readonly timeUs: number;
  readonly line: string;
  readonly metadata: Labels;
}

interface Held extends PushedEntry {
  readonly stream: number;
  readonly order: number;
}

export class MemoryLogs implements LogReader {
  readonly #labels: Labels[] = [];
  readonly #entries: Held[] = [];

  push(labels: Labels, entries: readonly PushedEntry[]): void {
    const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const key = JSON.stringify(sorted);
    let stream = this.#labels.findIndex((known) => JSON.stringify(known) === key);
    if (stream < 0) stream = this.#labels.push(sorted) - 1;
    for (const entry of entries) {
      // A name that the stream has is another name here.
      const metadata = Object.fromEntries(
        Object.entries(entry.metadata).map(([name, value]) => [
          Object.hasOwn(sorted, name) ? `${name}_extracted` : name,
          value,
        ]),
      );
      this.#entries.push({ ...entry, metadata, stream, order: this.#entries.length });
    }
    this.#entries.sort((a, b) => a.timeUs - b.timeUs || a.order - b.order);
  }

  streamLabels(stream: number): Labels {
    return this.#labels[stream] ?? {};
  }

  streams(matchers: readonly LabelMatcher[], fromUs: number, toUs: number): readonly number[] {
    const chosen = this.#chosen(matchers);
    const within = this.#entries.filter(
      ({ timeUs, stream }) => timeUs >= fromUs && timeUs <= toUs && chosen.has(stream),
    );
    return [...new Set(within.map(({ stream }) => stream))].sort((a, b) => a - b);
  }

  scan(selection: LineSelection, visit: (line: LineView) => boolean, counted?: ScanCount): void {
    const chosen = this.#chosen(selection.matchers);
    const entries = selection.newestFirst ? this.#entries.toReversed() : this.#entries;
    for (const entry of entries) {
      if (entry.timeUs < selection.fromUs || entry.timeUs > selection.toUs || !chosen.has(entry.stream)) continue;
      if (counted !== undefined) counted.lines++;
      if (!selection.tests.every((each) => each.test(entry.line))) continue;
      const { timeUs, stream, order, line, metadata } = entry;
      const goesOn = visit({
        timeUs,
        stream,
        order,
        line: () => line,
        bytes: () => utf8Length(line),
        metadata: (name) => metadata[name],
        allMetadata: () => metadata,
      });
      if (!goesOn) return;
    }
  }

  #chosen(matchers: readonly LabelMatcher[]): ReadonlySet<number> {
    const tests = matchers.map((matcher) => ({ name: matcher.name, passes: compileMatcher(matcher) }));
    const chosen = this.#labels.flatMap((labels, stream) =>
      tests.every(({ name, passes }) => passes(labels[name] ?? "")) ? [stream] : [],
    );
    return new Set(chosen);
  }
}
