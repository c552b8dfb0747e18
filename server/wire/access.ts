/** How other programs read a run: clients of Prometheus, Loki and other tools, on their own addresses. */
export interface RunAccessAnswer {
  /** Bearer, password of any user, or part of the path. Good for this run only. */
  readonly token: string;
  readonly tools: readonly {
    readonly name: string;
    readonly title: string;
    /** Base address, the token in it; times are simulated ones. */
    readonly path: string;
    /** The same for clients that go by the wall clock: their now is the simulated now. */
    readonly wallPath: string;
  }[];
}
