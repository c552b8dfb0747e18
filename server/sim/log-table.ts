/**
 * Log facts: one row of 14 bytes a line, appended in order of time. The text is rendered from the span and the
 * template (or from the lifecycle record) when somebody reads it, so logs, traces and metrics cannot disagree.
 */

/** What a template index points at: compiled from the topology by the model. */
export interface LogTemplate {
  readonly index: number;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Component that writes the line. */
  readonly component: string;
  /** Text with `{attribute}` placeholders; attributes are those of the span, or of the lifecycle record. */
  readonly message: string;
  /** True: `subject` is a span row. False: it is an index into the engine's lifecycle records. */
  readonly ofSpan: boolean;
  /** Who writes it, where that is no instance of a service. */
  readonly writer?: string;
}

/** Something that happened to a process and not to a request: start, stop, deploy, memory kill, queue above its mark. */
export interface LifecycleRecord {
  readonly atUs: number;
  /** Index into the model's instances, −1 where the template names who writes. */
  readonly instance: number;
  readonly template: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

const LINES_AT_FIRST = 65_536;

/** Growable columns; `rows` are valid. */
export class LogTable {
  timeUs: Float64Array;
  /** Span row or lifecycle index, see LogTemplate.ofSpan. */
  subject: Int32Array;
  template: Uint16Array;
  rows = 0;
  /** Rows from which on the columns have to be replaced: they are full, or another table goes on in them. */
  #room: number;

  constructor(capacity = LINES_AT_FIRST) {
    this.#room = capacity;
    this.timeUs = new Float64Array(capacity);
    this.subject = new Int32Array(capacity);
    this.template = new Uint16Array(capacity);
  }

  append(timeUs: number, subject: number, template: number): void {
    if (this.rows === this.#room) this.#grow();
    const row = this.rows++;
    this.timeUs[row] = timeUs;
    this.subject[row] = subject;
    this.template[row] = template;
  }

  /**
   * A table that begins as the first `rows` of this one and goes its own way. Rows are never changed, so the columns are
   * shared until it has a row of its own to write.
   */
  fork(rows: number): LogTable {
    const table = new LogTable(0);
    table.timeUs = this.timeUs;
    table.subject = this.subject;
    table.template = this.template;
    table.rows = rows;
    table.#room = rows;
    return table;
  }

  #grow(): void {
    const capacity = Math.max(this.rows * 2, LINES_AT_FIRST);
    const timeUs = new Float64Array(capacity);
    const subject = new Int32Array(capacity);
    const template = new Uint16Array(capacity);
    timeUs.set(this.timeUs.subarray(0, this.rows));
    subject.set(this.subject.subarray(0, this.rows));
    template.set(this.template.subarray(0, this.rows));
    this.#room = capacity;
    this.timeUs = timeUs;
    this.subject = subject;
    this.template = template;
  }
}
