/**
 * Loki's `tail` over WebSocket: `/run/<id>/…/loki/api/v1/tail?query=…`, read by Grafana's live view and `logcli --tail`.
 * Each socket looks for new lines once a second, from the cursor of the look before. Source: Loki's documentation,
 * reference/loki-http-api, stream logs.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { mapError, type ErrorReporter } from "../http/errors.js";
import type { OriginGuard } from "../http/origin.js";
import { authorised, parametersOf, readAddress, type Address } from "../http/run-apis.js";
import type { RunAccess } from "../http/run-access.js";
import type { RunService } from "../sessions/run-service.js";

const TAIL_PATH = /^(?:loki\/)?api\/v1\/tail$/;
const PAUSE_MS = 1_000;
/** As Loki's `max_concurrent_tail_requests`. */
const TAILS_OF_A_RUN_MAX = 10;
/** A client that does not read gets no more until it has. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
/** Clients of tails have nothing to say. */
const MESSAGE_BYTES_MAX = 1_024;
/** Of WebSocket: what was asked can not be done; something went wrong here. */
const CLOSE = { refused: 1008, failed: 1011 } as const;
const REASON_CHARACTERS_MAX = 120;

interface LogTailOptions {
  readonly server: HttpServer;
  readonly runs: RunService;
  readonly guard: OriginGuard;
  readonly access: RunAccess;
  readonly nowMs: () => number;
  readonly report: ErrorReporter;
  /** Between two looks. */
  readonly pauseMs?: number;
}

interface Tail {
  readonly socket: WebSocket;
  readonly address: Address;
  parameters: Readonly<Record<string, readonly string[]>>;
}

/** Answers tails on `server`, and leaves other sockets to others. Calling the returned function closes every tail. */
export function attachLogTails(options: LogTailOptions): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, perMessageDeflate: false });
  const tails = new Set<Tail>();
  options.server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? "", "http://run");
    const address = readAddress(url.pathname);
    if (address?.api.name !== "loki" || !TAIL_PATH.test(address.path)) return;
    const status = refusal(request, address, options, tails);
    if (status !== undefined) {
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const tail = { socket, address, parameters: parametersOf([...url.searchParams]) };
      tails.add(tail);
      socket.on("close", () => tails.delete(tail));
      socket.on("error", () => socket.terminate());
      void follow(tail, options);
    });
  });
  return () => {
    for (const { socket } of tails) socket.terminate();
    sockets.close();
  };
}

/** The status with which the handshake is refused. */
function refusal(
  request: IncomingMessage,
  address: Address,
  { guard, access }: LogTailOptions,
  tails: ReadonlySet<Tail>,
): string | undefined {
  try {
    guard.checkSocket(request);
  } catch {
    return "403 Forbidden";
  }
  if (!authorised(request, address, access)) return "401 Unauthorized";
  const ofRun = [...tails].filter((tail) => tail.address.runId === address.runId).length;
  return ofRun >= TAILS_OF_A_RUN_MAX ? "429 Too Many Requests" : undefined;
}

/** Looks until the client has gone. Never rejects. */
async function follow(tail: Tail, options: LogTailOptions): Promise<void> {
  const { socket } = tail;
  try {
    while (socket.readyState === WebSocket.OPEN) {
      if (socket.bufferedAmount < UNREAD_BYTES_MAX) await look(tail, options);
      await new Promise((resolve) => setTimeout(resolve, options.pauseMs ?? PAUSE_MS));
    }
  } catch (error) {
    const { error: told, ours } = mapError(error);
    if (ours) options.report(error);
    close(socket, CLOSE.failed, told.message);
  }
}

async function look(tail: Tail, { runs, nowMs }: LogTailOptions): Promise<void> {
  const { socket, address, parameters } = tail;
  const request = {
    method: "GET" as const,
    path: "api/v1/tail",
    parameters,
    body: new Uint8Array(),
    contentType: "",
    accept: "",
  };
  const wallMs = address.wall ? nowMs() : undefined;
  const answer = await runs.ask(address.runId, "mine", (queries) => queries.api("loki", request, wallMs));
  if (answer === undefined || "order" in answer) {
    close(socket, CLOSE.refused, "There are no logs.");
    return;
  }
  const text = Buffer.from(answer.body).toString("utf8");
  if (answer.httpStatus !== 200) {
    close(socket, CLOSE.refused, text);
    return;
  }
  const { streams, cursor } = JSON.parse(text) as { readonly streams: readonly unknown[]; readonly cursor: string };
  tail.parameters = { ...parameters, cursor: [cursor] };
  if (streams.length > 0) socket.send(JSON.stringify({ streams, dropped_entries: null }));
}

const close = (socket: WebSocket, code: number, reason: string): void =>
  socket.close(code, reason.trim().slice(0, REASON_CHARACTERS_MAX));
