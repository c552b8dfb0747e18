/**
 * Questions to the server as the page sees them: which have been under way for long, which were stopped by hand, which
 * found no server. So that one strip can offer to stop or ask again, whatever view asked, and all that found no server
 * are asked again the moment it is back.
 */

export interface Question {
  readonly stop: () => void;
  readonly again: () => void;
}

export type QuestionEnd = "answered" | "stopped" | "unreached";

/** From here on it is said that a question is under way, ms. */
const SLOW_MS = 2_500;

/** Dispatches `changed` when what is slow or stopped is another. One per page. */
export class QuestionWatch extends EventTarget {
  private readonly running = new Map<
    Question,
    { readonly sinceMs: number; readonly timer: ReturnType<typeof setTimeout> }
  >();
  private readonly slow = new Set<Question>();
  private readonly stopped = new Set<Question>();
  private readonly unreached = new Set<Question>();

  constructor(private readonly wallMs: () => number = () => performance.now()) {
    super();
  }

  get slowCount(): number {
    return this.slow.size;
  }

  get stoppedCount(): number {
    return this.stopped.size;
  }

  /** Since when the oldest of the slow ones is under way, by the clock of `wallMs`. */
  get slowSinceMs(): number | undefined {
    const since = [...this.slow].flatMap((question) => this.running.get(question)?.sinceMs ?? []);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  begin(question: Question): void {
    this.forget(question);
    const timer = setTimeout(() => {
      this.slow.add(question);
      this.tell();
    }, SLOW_MS);
    this.running.set(question, { sinceMs: this.wallMs(), timer });
  }

  end(question: Question, end: QuestionEnd): void {
    this.forget(question);
    if (end === "answered") return;
    (end === "stopped" ? this.stopped : this.unreached).add(question);
    if (end === "stopped") this.tell();
  }

  /** Nobody waits for it any more, or it is asked again. */
  forget(question: Question): void {
    clearTimeout(this.running.get(question)?.timer);
    this.running.delete(question);
    this.unreached.delete(question);
    const wasTold = this.slow.delete(question);
    if (this.stopped.delete(question) || wasTold) this.tell();
  }

  stopSlow(): void {
    for (const question of [...this.slow]) question.stop();
  }

  askStoppedAgain(): void {
    for (const question of [...this.stopped]) question.again();
  }

  /** The server is back. */
  askUnreachedAgain(): void {
    for (const question of [...this.unreached]) question.again();
  }

  private tell(): void {
    this.dispatchEvent(new Event("changed"));
  }
}

/** The page's own: what it waits for is one thing. */
export const pageQuestions = new QuestionWatch();
