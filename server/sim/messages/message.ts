/** What is published to a queue, as it is handed from part to part. */

/** Bits of a message's flags. */
export const MESSAGE_RECORDED = 1;
/** Whoever published it has written something that nobody can process. */
export const MESSAGE_POISON = 2;

export interface Message {
  /** Span row of the producer, −1 when it was not recorded. */
  row: number;
  request: number;
  key: number;
  flags: number;
  atUs: number;
}
