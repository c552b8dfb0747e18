/** A broken assumption of ours (never a user's mistake): the world that meets it stops and reports the text. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** Throws AssertionFailure with `message` unless `condition` holds. Runs in production too. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Closes a union: a new variant that is not handled becomes a compile error at the call. */
export function assertNever(value: never): never {
  throw new AssertionFailure(`unexpected variant: ${JSON.stringify(value)}`);
}
