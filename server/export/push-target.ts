/**
 * Batches to an address by POST: OTLP/HTTP to `<address>/v1/<signal>`, everything else to the address itself. A receiver
 * that is away or busy is tried again; one that refuses a batch for good costs that batch, which is counted. Redirects are
 * not followed: an address that may be sent to must not name another.
 *
 * Source: OTLP 1.x, OTLP/HTTP (retryable codes, partial success); Prometheus remote write 1.0 (5xx and 429 are retried,
 * other 4xx not).
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { decodeMessage, type MessageDescription } from "../apis/protobuf/message.js";
import type { PulledBatch } from "./batch-source.js";
import { pause, Pauses, RETRY_POLICY, type RetryPolicy } from "./retry.js";
import { type Delivery, type Target, TargetFailure } from "./target.js";

const compress = promisify(gzip);
const COMPRESSED_FROM_BYTES = 1_024;
const ANSWER_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 64 * 1024;
/** Nobody is there who takes this, or not from us. */
const HOPELESS: ReadonlySet<number> = new Set([401, 403, 404, 405, 415]);
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

interface PushOptions {
  readonly address: string;
  readonly format: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retry?: RetryPolicy;
}

type Outcome =
  | { readonly kind: "taken"; readonly rejected: number; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "again"; readonly reason: string; readonly afterMs: number };

export class PushTarget implements Target {
  constructor(readonly options: PushOptions) {}

  async deliver(batch: PulledBatch, stopped: AbortSignal, onWaiting: (reason: string) => void): Promise<Delivery> {
    const { items } = batch.head;
    if (items === 0) return { accepted: 0, dropped: {}, bytes: 0, retries: 0 };
    const request = await this.#request(batch);
    const pauses = new Pauses(this.options.retry ?? RETRY_POLICY);
    for (let retries = 0; ; retries++) {
      const outcome = await this.#send(batch, request, stopped);
      const bytes = request.body.length;
      if (outcome.kind === "taken") {
        const rejected = Math.min(items, outcome.rejected);
        return { accepted: items - rejected, dropped: counted(outcome.reason, rejected), bytes, retries };
      }
      if (outcome.kind === "refused") return { accepted: 0, dropped: counted(outcome.reason, items), bytes, retries };
      const pauseMs = pauses.next(outcome.afterMs);
      const givenUp = stopped.aborted ? "stopped" : `gave up: ${outcome.reason}`;
      if (pauseMs === undefined || stopped.aborted)
        return { accepted: 0, dropped: counted(givenUp, items), bytes, retries };
      onWaiting(outcome.reason);
      await pause(pauseMs, stopped);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #addressOf(signal: string): string {
    const { address, format } = this.options;
    if (!format.startsWith("otlp") || /\/v1\/(?:traces|metrics|logs)\/?$/.test(address)) return address;
    return `${address.replace(/\/+$/, "")}/v1/${signal}`;
  }

  async #request({ head, body }: PulledBatch): Promise<{ readonly headers: Headers; readonly body: Uint8Array }> {
    const headers = new Headers(this.options.headers);
    headers.set("Content-Type", head.contentType);
    headers.set("User-Agent", "firedrill");
    if (this.options.format === "remote-write") headers.set("X-Prometheus-Remote-Write-Version", "0.1.0");
    const whole = this.options.format === "openmetrics" ? Buffer.concat([body, Buffer.from("# EOF\n")]) : body;
    if (head.contentEncoding !== undefined) headers.set("Content-Encoding", head.contentEncoding);
    else if (whole.length >= COMPRESSED_FROM_BYTES) {
      headers.set("Content-Encoding", "gzip");
      return { headers, body: await compress(whole) };
    }
    return { headers, body: whole };
  }

  async #send(
    { head }: PulledBatch,
    { headers, body }: { readonly headers: Headers; readonly body: Uint8Array },
    stopped: AbortSignal,
  ): Promise<Outcome> {
    let answer: Response;
    let text: Uint8Array;
    try {
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS_MAX)]);
      // A view of plain bytes: what a body may be of.
      const sent = new Uint8Array(body);
      answer = await fetch(this.#addressOf(head.signal), {
        method: "POST",
        headers,
        body: sent,
        redirect: "manual",
        signal,
      });
      text = new Uint8Array(await answer.arrayBuffer()).subarray(0, ANSWER_BYTES_MAX);
    } catch (error) {
      return { kind: "again", reason: reasonOf(error), afterMs: 0 };
    }
    const said = `${String(answer.status)} ${new TextDecoder().decode(text).trim().slice(0, 200)}`.trim();
    if (answer.ok) return partialSuccess(answer, text);
    if (HOPELESS.has(answer.status)) throw new TargetFailure(`the receiver answered ${said}`);
    if (answer.status >= 300 && answer.status < 400)
      throw new TargetFailure(`the receiver answered ${said}: redirects are not followed`);
    if (AGAIN.has(answer.status))
      return { kind: "again", reason: said, afterMs: Number(answer.headers.get("retry-after") ?? 0) * 1_000 || 0 };
    return { kind: "refused", reason: said };
  }
}

const counted = (reason: string, items: number): Readonly<Record<string, number>> =>
  items === 0 ? {} : { [reason]: items };

/** What Node says of a connection stands in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause ? `${cause.message} (${String(cause.code)})` : cause.message;
}

/** Export*ServiceResponse. */
const RESPONSE: MessageDescription = {
  partialSuccess: {
    number: 1,
    type: { rejected: { number: 1, type: "int64" }, errorMessage: { number: 2, type: "string" } },
  },
};

/** A receiver may take a part and say how much it did not take. */
function partialSuccess(answer: Response, body: Uint8Array): Outcome {
  const type = answer.headers.get("content-type") ?? "";
  let partial: Readonly<Record<string, unknown>> | undefined;
  try {
    const message: unknown = type.includes("json")
      ? JSON.parse(new TextDecoder().decode(body) || "{}")
      : type.includes("protobuf")
        ? decodeMessage(RESPONSE, body)
        : {};
    partial = (message as { readonly partialSuccess?: Readonly<Record<string, unknown>> }).partialSuccess;
  } catch {
    // An answer that is no such message says nothing about a part.
    partial = undefined;
  }
  const rejected = Object.entries(partial ?? {}).find(([name]) => name.startsWith("rejected"))?.[1] ?? 0;
  const reason = typeof partial?.["errorMessage"] === "string" ? partial["errorMessage"] : "";
  return { kind: "taken", rejected: Number(rejected) || 0, reason: `rejected: ${reason}` };
}
