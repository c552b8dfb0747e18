/** What the parts around the interpreter ask of it: to go on with a frame, to end it, to begin a handling. */
export interface Handler {
  /** A frame for the handling of an operation; the caller fills in where and for whom. */
  handling(kind: number, operation: number, key: number, request: number, recorded: number): number;
  /** Gives the frame a worker and runs its program. */
  begin(frame: number, nowUs: number): void;
  /** Runs the frame's program until it has to wait or has ended. */
  execute(frame: number, nowUs: number): void;
  /** The program of the frame has ended, well or not. */
  end(frame: number, nowUs: number): void;
}
