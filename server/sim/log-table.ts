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
}

/** Something that happened to a process and not to a request: start, stop, deploy, memory kill, queue above its mark. */
export interface LifecycleRecord {
  readonly atUs: number;
  /** Index into the model's instances. */
  readonly instance: number;
  readonly template: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Growable columns; `rows` are valid. */
export class LogTable {
  timeUs: Float64Array;
  /** Span row or lifecycle index, see LogTemplate.ofSpan. */
  subject: Int32Array;
  template: Uint16Array;
  rows = 0;

  constructor(capacity = 65_536) {
    this.timeUs = new Float64Array(capacity);
    this.subject = new Int32Array(capacity);
    this.template = new Uint16Array(capacity);
  }

  append(timeUs: number, subject: number, template: number): void {
    if (this.rows === this.timeUs.length) this.#grow();
    const row = this.rows++;
    this.timeUs[row] = timeUs;
    this.subject[row] = subject;
    this.template[row] = template;
  }

  #grow(): void {
    const capacity = this.timeUs.length * 2;
    const timeUs = new Float64Array(capacity);
    const subject = new Int32Array(capacity);
    const template = new Uint16Array(capacity);
    timeUs.set(this.timeUs);
    subject.set(this.subject);
    template.set(this.template);
    this.timeUs = timeUs;
    this.subject = subject;
    this.template = template;
  }
}
