import type { Diagnostic } from "../base/diagnostic.js";
import type { ApiErrorCode } from "../wire/errors.js";

/** Why a request is not carried out, in words for the one who asked. Nothing was changed. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly remedy: string,
    readonly diagnostics: readonly Diagnostic[] = [],
  ) {
    super(message);
  }
}

/** No run has this id. */
export const unknownRun = (runId: string): Refusal =>
  new Refusal("not-found", `There is no run ${JSON.stringify(runId.slice(0, 64))}.`, "Choose a run on the start page.");
