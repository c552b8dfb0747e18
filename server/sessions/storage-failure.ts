/**
 * The store could not do what was asked: it is locked by another program, full, or broken. The transaction was rolled
 * back, so nothing of it is there.
 */
export class StorageFailure extends Error {
  override readonly name = "StorageFailure";

  constructor(
    readonly reason: "busy" | "full" | "broken",
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Somebody else has written an event with this sequence: the caller's fold is out of date. Nothing was written. */
export class SequenceConflict extends Error {
  override readonly name = "SequenceConflict";
}
