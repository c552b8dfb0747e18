/**
 * Something that can grow met its stated limit. The message names the limit and its figure, and says what to do.
 * Every part that has a budget throws this one class, so that the edges can translate it once.
 */
export class LimitError extends Error {
  override readonly name = "LimitError";
  /** The message without its remedy. */
  readonly finding: string;

  /**
   * @param limit name of the limit, in the user's words, for example "samples per query"
   * @param allowed the figure that may not be passed
   * @param reached the figure that was met, where it is known
   * @param remedy what the user can do about it
   * @param simulatedUs the instant of a world's calendar at which that world met it
   */
  constructor(
    readonly limit: string,
    readonly allowed: number,
    readonly reached: number | undefined,
    readonly remedy: string,
    readonly simulatedUs?: number,
  ) {
    const figure =
      reached === undefined ? `more than ${String(allowed)}` : `${String(reached)}, allowed ${String(allowed)}`;
    const when = simulatedUs === undefined ? "" : `, when the simulated clock stood at ${timeOfDay(simulatedUs)}`;
    const finding = `limit of ${limit} exceeded: ${figure}${when}.`;
    super(`${finding} ${remedy}`);
    this.finding = finding;
  }

  /** The same with the instant at which a world met it; one that has an instant keeps it. */
  at(simulatedUs: number): LimitError {
    if (this.simulatedUs !== undefined) return this;
    return new LimitError(this.limit, this.allowed, this.reached, this.remedy, simulatedUs);
  }
}

/** `14:05:03.250 UTC`. */
function timeOfDay(simulatedUs: number): string {
  const ms = Math.floor(simulatedUs / 1_000) % 86_400_000;
  const part = (size: number, count: number, digits: number): string =>
    String(Math.floor(ms / size) % count).padStart(digits, "0");
  return `${part(3_600_000, 24, 2)}:${part(60_000, 60, 2)}:${part(1_000, 60, 2)}.${part(1, 1_000, 3)} UTC`;
}
