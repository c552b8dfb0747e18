/**
 * Requests in work. A frame is a row of 32 integers: a request that a server handles, a branch of one, or something
 * that was sent to another component and has not come back. Frames are reused; a generation counter tells a late reply
 * or an old time-out from a fresh one. Nothing is allocated per request.
 * A field that two kinds of frames use for two things has two names; the second is marked `@alias`.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { LimitError } from "../base/limit-error.js";

/** Field k of frame f is at data[(f << FRAME_SHIFT) + k]. */
export const FRAME_SHIFT = 5;
/** Frames at most: the event codes leave 27 bits, memory is the nearer bound. */
const FRAMES_MAX = 1 << 18;

export const FRAME_PC = 0;
/** Rises whenever what the frame waited for is settled: a reply or time-out of an older generation means nothing. */
export const FRAME_GENERATION = 1;
/** Frame that waits for this one, −1 for an arrival at the edge; for a branch its owner. */
export const FRAME_CALLER = 2;
export const FRAME_CALLER_GENERATION = 3;
export const FRAME_INSTANCE = 4;
export const FRAME_OPERATION = 5;
/** Span row of the handling; −1 when the request is not recorded. */
export const FRAME_ROW = 6;
export const FRAME_REQUEST = 7;
/** What the draws of this frame are keyed with. */
export const FRAME_KEY = 8;
/** Links of the one waiting line that the frame can be in. */
export const FRAME_NEXT = 9;
export const FRAME_PREVIOUS = 10;
export const FRAME_STATE = 11;
export const FRAME_STATUS = 12;
export const FRAME_KIND = 13;
/** Branches that have not ended. */
export const FRAME_JOIN = 14;
/** Client span of the attempt that is under way. */
export const FRAME_CALL_ROW = 15;
export const FRAME_ATTEMPT = 16;
export const FRAME_ORDINAL = 17;
/** While branches are awaited: 1 when the failure of one cancels the others. @alias */
export const FRAME_CANCELS = FRAME_ATTEMPT;
/** Repetitions of the step. */
export const FRAME_COUNT = 18;
/** Pool of which a connection is held, or in whose line the frame stands; −1 for none. */
export const FRAME_POOL = 19;
export const FRAME_HOLDS_WORKER = 20;
/** Parent span of the handling: the client's row. */
export const FRAME_PARENT_ROW = 21;
/** Of a check: the place that it is made for (control/health-checks.ts). @alias */
export const FRAME_CHECK_SLOT = FRAME_PARENT_ROW;
/** Remote work: query, keyspace, external operation or queue; whether a cache had the key. */
export const FRAME_SUBJECT = 22;
export const FRAME_HIT = 23;
/** 1 when the request is recorded: spans, logs and counts. */
export const FRAME_RECORDED = 24;
/** Program variant of the instance when the handling began. */
export const FRAME_VARIANT = 25;

/** Remote work and handlings: the dependency that the question came over. */
export const FRAME_LINK = 26;
/** Place of the kept connection that the try uses, −1 where connections are not told apart. */
export const FRAME_CONNECTION = 27;
/** Handlings and branches: the instance that was chosen for the try, −1 where nobody asks. @alias */
export const FRAME_CHOSEN = FRAME_SUBJECT;
/** Work on messages: slot of the message (message-slots.ts), −1 where nobody remembers it, and number of the delivery. @alias */
export const FRAME_MESSAGE = FRAME_CALLER_GENERATION;
/** @alias */
export const FRAME_DELIVERY = FRAME_LINK;
/** Which requests are refused first: 0 sheddable, 1 normal, 2 critical. */
export const FRAME_PRIORITY = 28;
/** Newest further question (hedge) of the try, −1 for none; of a hedge the one before it. */
export const FRAME_HEDGE = 29;

/** Handlings: the newest flight that the frame leads (flights.ts), slot + 1, or 0. */
export const FRAME_FLIGHT = 31;

/* Statements on their way to and at a database have no program; these fields say how far they are (stores/statements.ts). */
/** @alias */
export const QUERY_STAGE = FRAME_PC;
/** @alias */
export const QUERY_SESSION = FRAME_JOIN;
/** Copy or part of the database that works on it. @alias */
export const QUERY_NODE = FRAME_COUNT;

export const FRAME_TIMES_SHIFT = 2;
/** When the handling began. */
export const TIME_BEGAN = 0;
/** When the attempt that is under way began. */
export const TIME_ATTEMPT = 1;
/** When the caller will have given up, where the service is told; Infinity for never. */
export const TIME_DEADLINE = 2;

/* Kinds. */
export const KIND_FREE = 0;
export const KIND_SERVER = 1;
export const KIND_BRANCH = 2;
export const KIND_REMOTE = 3;
export const KIND_CONSUMER = 4;
/** A further question of a try: a caller of its own, whose answer is for the frame it was made for. */
export const KIND_HEDGE = 5;
/** The answer of a process to the question how it is; nobody's request. */
export const KIND_CHECK = 6;

/** FRAME_COUNT of a branch that shares the repetitions of a step with others. */
export const LANE = 0;

/* States: what the frame waits for. STATE_EVENT and STATE_DEAD have exactly one event of their own in the event list. */
export const STATE_RUNNING = 0;
export const STATE_WORKER_LINE = 1;
export const STATE_CPU = 2;
export const STATE_POOL_LINE = 3;
export const STATE_CALLING = 4;
export const STATE_JOINING = 5;
export const STATE_EVENT = 6;
/** Its process was killed; released when its event comes. */
export const STATE_DEAD = 7;

/** It waits until another request has rebuilt an entry of a cache. */
export const STATE_FLIGHT_LINE = 8;

/** A query that waits for a lock. */
export const STATE_LOCK_LINE = 9;

/** FRAME_ROW of remote work that no process has taken up yet. */
export const NOT_ENTERED = -2;

export class Frames implements Checkpointed {
  data: Int32Array;
  /** Instants of the frame (µs): those of TIME_… at (f << FRAME_TIMES_SHIFT). */
  times: Float64Array;
  inUse = 0;
  #free: Int32Array;
  #freeCount: number;
  #capacity: number;

  constructor(capacity = 1_024) {
    this.#capacity = capacity;
    this.data = new Int32Array(capacity << FRAME_SHIFT);
    this.times = new Float64Array(capacity << FRAME_TIMES_SHIFT);
    this.#free = Int32Array.from({ length: capacity }, (_, index) => capacity - 1 - index);
    this.#freeCount = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** A frame whose fields hold what the last user left, generation included. May replace `data` and `times`. */
  allocate(): number {
    if (this.#freeCount === 0) this.#grow();
    this.inUse++;
    return this.#free[--this.#freeCount];
  }

  release(frame: number): void {
    const base = frame << FRAME_SHIFT;
    this.data[base + FRAME_KIND] = KIND_FREE;
    this.data[base + FRAME_GENERATION]++;
    this.inUse--;
    this.#free[this.#freeCount++] = frame;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.#capacity);
    writer.int(this.inUse);
    writer.array(this.data);
    writer.array(this.times);
    writer.array(this.#free, this.#freeCount);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#capacity = reader.int();
    this.inUse = reader.int();
    this.data = reader.ints();
    this.times = reader.doubles();
    const free = reader.ints();
    this.#freeCount = free.length;
    this.#free = new Int32Array(this.#capacity);
    this.#free.set(free);
  }

  #grow(): void {
    const before = this.#capacity;
    const capacity = before * 2;
    if (capacity > FRAMES_MAX) {
      throw new LimitError(
        "requests in work of a world",
        FRAMES_MAX,
        capacity,
        "Lower the load, the queues or the time-outs of the scenario.",
      );
    }
    const data = new Int32Array(capacity << FRAME_SHIFT);
    const times = new Float64Array(capacity << FRAME_TIMES_SHIFT);
    data.set(this.data);
    times.set(this.times);
    this.data = data;
    this.times = times;
    this.#free = new Int32Array(capacity);
    for (let frame = capacity - 1; frame >= before; frame--) this.#free[this.#freeCount++] = frame;
    this.#capacity = capacity;
  }
}

/** First-in first-out lines of frames, linked through the frames themselves; a frame stands in one line at most. */
export class FrameLines implements Checkpointed {
  readonly head: Int32Array;
  readonly tail: Int32Array;
  readonly length: Int32Array;

  constructor(
    readonly frames: Frames,
    lines: number,
  ) {
    this.head = new Int32Array(lines).fill(-1);
    this.tail = new Int32Array(lines).fill(-1);
    this.length = new Int32Array(lines);
  }

  append(line: number, frame: number): void {
    const { data } = this.frames;
    const last = this.tail[line];
    data[(frame << FRAME_SHIFT) + FRAME_NEXT] = -1;
    data[(frame << FRAME_SHIFT) + FRAME_PREVIOUS] = last;
    if (last < 0) this.head[line] = frame;
    else data[(last << FRAME_SHIFT) + FRAME_NEXT] = frame;
    this.tail[line] = frame;
    this.length[line]++;
  }

  remove(line: number, frame: number): void {
    const { data } = this.frames;
    const next = data[(frame << FRAME_SHIFT) + FRAME_NEXT];
    const previous = data[(frame << FRAME_SHIFT) + FRAME_PREVIOUS];
    if (previous < 0) this.head[line] = next;
    else data[(previous << FRAME_SHIFT) + FRAME_NEXT] = next;
    if (next < 0) this.tail[line] = previous;
    else data[(next << FRAME_SHIFT) + FRAME_PREVIOUS] = previous;
    this.length[line]--;
  }

  /** Forgets who stood there. */
  clear(line: number): void {
    this.head[line] = -1;
    this.tail[line] = -1;
    this.length[line] = 0;
  }

  save(writer: StateWriter): void {
    writer.array(this.head);
    writer.array(this.tail);
    writer.array(this.length);
  }

  restore(reader: StateReader): void {
    reader.into(this.head);
    reader.into(this.tail);
    reader.into(this.length);
  }
}
