/** Where an export gets its batches from: anything that answers the requests of `server/apis/export`. */
import type { ApiAnswer } from "../apis/api.js";
import { BATCH_HEADER, type BatchHead } from "../apis/export/batch.js";

export interface PulledBatch {
  readonly head: BatchHead;
  readonly body: Uint8Array;
}

/** Not now; ask again later. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}

/** The world was built anew and knows nothing of this session. */
export class SessionGone extends Error {
  override readonly name = "SessionGone";
}

export type BatchParameters = Readonly<Record<string, string>>;

export interface BatchSource {
  /** `mark` is where a new session begins. Throws NotYet, SessionGone, or what can not be mended. */
  next(parameters: BatchParameters, mark?: Uint8Array): Promise<PulledBatch>;
  /** How far the session has come with the batch `after`; a source whose world stays the same needs none. */
  mark?(parameters: BatchParameters): Promise<Uint8Array>;
  /** Nothing will come any more, however long one waits. */
  isOver(): Promise<boolean>;
}

/** An answer with its headers in lower case. */
export interface SourceAnswer {
  readonly httpStatus: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

export function pulledBatch(answer: SourceAnswer): PulledBatch {
  const head = answer.header(BATCH_HEADER);
  if (answer.httpStatus === 200 && head !== undefined)
    return { head: JSON.parse(head) as BatchHead, body: answer.body };
  return refused(answer);
}

export function pulledMark(answer: SourceAnswer): Uint8Array {
  return answer.httpStatus === 200 ? answer.body : refused(answer);
}

function refused({ httpStatus, body }: SourceAnswer): never {
  const text = new TextDecoder().decode(body).slice(0, 500);
  if (httpStatus === 503 || httpStatus === 429) throw new NotYet(text);
  if (httpStatus === 410) throw new SessionGone(text);
  throw new Error(`the run answered ${String(httpStatus)}: ${text}`);
}

export const sourceAnswer = ({ httpStatus, headers = {}, body }: ApiAnswer): SourceAnswer => ({
  httpStatus,
  header: (name) => headers[name],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

/** A run of another server, by its address with the token in it: `http://host/run/<id>/t/<token>[/wall]`. */
export class RemoteSource implements BatchSource {
  constructor(
    readonly address: string,
    readonly signal?: AbortSignal,
  ) {}

  async next(parameters: BatchParameters, mark?: Uint8Array): Promise<PulledBatch> {
    return pulledBatch(await this.#ask("next", parameters, mark));
  }

  async mark(parameters: BatchParameters): Promise<Uint8Array> {
    return pulledMark(await this.#ask("mark", parameters));
  }

  async #ask(path: string, parameters: BatchParameters, posted?: Uint8Array): Promise<SourceAnswer> {
    const search = new URLSearchParams(parameters).toString();
    const answer = await fetch(`${this.address}/export/${path}?${search}`, {
      redirect: "error",
      ...(posted === undefined
        ? {}
        : { method: "POST", body: posted, headers: { "Content-Type": "application/json" } }),
      ...(this.signal === undefined ? {} : { signal: this.signal }),
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    return { httpStatus: answer.status, header: (name) => answer.headers.get(name) ?? undefined, body };
  }

  isOver(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
