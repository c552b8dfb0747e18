/**
 * Who may talk to a server on somebody's own machine. A page of another site can send requests to 127.0.0.1 (cross-site
 * request forgery) and can make its own name resolve to it (DNS rebinding). Against the second, the Host header must be
 * a name of this server; against the first, whatever changes something must come from a page of this server.
 */
import type { IncomingMessage } from "node:http";
import { Refusal } from "../sessions/refusal.js";

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

export class OriginGuard {
  readonly #names: ReadonlySet<string> | undefined;

  /** @param host the address that the server listens on; one that others can reach answers under any name */
  constructor(host: string) {
    this.#names = LOOPBACK.has(host) || host.startsWith("127.") ? new Set([...LOOPBACK, host]) : undefined;
  }

  /** Throws Refusal `forbidden` when the request came under a foreign name, or changes things from a foreign page. */
  check(request: IncomingMessage): void {
    this.checkName(request);
    if (request.method !== "GET" && request.method !== "HEAD") this.checkPage(request);
  }

  /** For sockets, whose handshake is a GET that browsers let every page make. */
  checkSocket(request: IncomingMessage): void {
    this.checkName(request);
    this.checkPage(request);
  }

  /** The first half of `check`: throws Refusal `forbidden` when the request came under a foreign name. */
  checkName({ headers }: IncomingMessage): void {
    if (this.#names === undefined) return;
    const name = hostName(headers.host ?? "");
    if (name !== undefined && this.#names.has(name)) return;
    throw foreign(
      "This server does not answer under that name.",
      "Use http://127.0.0.1 or http://localhost with its port.",
    );
  }

  /** Programs without a browser send no Origin; they carry no cookies or trust of a person either. */
  private checkPage({ headers }: IncomingMessage): void {
    const { origin, host } = headers;
    if (origin === undefined) return;
    if (host !== undefined && originHost(origin) === host.toLowerCase()) return;
    throw foreign("A page of another site may not do this.", "Open Firedrill itself and do it there.");
  }
}

const foreign = (message: string, remedy: string): Refusal => new Refusal("forbidden", message, remedy);

/** Without port and brackets, in lower case. */
function hostName(host: string): string | undefined {
  return parseUrl(`http://${host}`)?.hostname.replace(/^\[|\]$/g, "");
}

function originHost(origin: string): string | undefined {
  const url = parseUrl(origin);
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.host : undefined;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
