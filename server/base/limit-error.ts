/**
 * Something that can grow met its stated limit. The message names the limit and its figure, and says what to do.
 * Every part that has a budget throws this one class, so that the edges can translate it once.
 */
export class LimitError extends Error {
  override readonly name = "LimitError";

  /**
   * @param limit name of the limit, in the user's words, for example "samples per query"
   * @param allowed the figure that may not be passed
   * @param reached the figure that was met, where it is known
   * @param remedy what the user can do about it
   */
  constructor(
    readonly limit: string,
    readonly allowed: number,
    readonly reached: number | undefined,
    readonly remedy: string,
  ) {
    const figure =
      reached === undefined ? `more than ${String(allowed)}` : `${String(reached)}, allowed ${String(allowed)}`;
    super(`limit of ${limit} exceeded: ${figure}. ${remedy}`);
  }
}
