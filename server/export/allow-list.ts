/**
 * Addresses that a server may send a run to. To send where a request says is to lend the server's place in the network to
 * whoever asks; so nothing may be sent anywhere until whoever runs the server has named it.
 */

export class AllowList {
  readonly #allowed: readonly URL[];

  /** @param allowed beginnings of addresses: `http://collector:4318`, `https://metrics.example/api/v1/write` */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map((text) => new URL(text));
  }

  get isEmpty(): boolean {
    return this.#allowed.length === 0;
  }

  /** Same scheme, host and port, a path that goes on from the allowed one at a slash, no credentials. */
  allows(address: string): boolean {
    if (!URL.canParse(address)) return false;
    const { origin, pathname, username, password } = new URL(address);
    if (username !== "" || password !== "") return false;
    return this.#allowed.some((allowed) => {
      if (allowed.origin !== origin || origin === "null") return false;
      const path = allowed.pathname.replace(/\/+$/, "");
      return pathname === path || pathname.startsWith(`${path}/`);
    });
  }
}
