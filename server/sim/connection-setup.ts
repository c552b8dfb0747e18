/**
 * What opening a connection takes: resolving the name, the handshakes, the certificate, a port of the gateway. Nothing
 * of it costs anything unless the topology declares it or a fault breaks it.
 *
 * Models. Names: an instance remembers an answer for its time to live (RFC 1034); a failed look-up fails the call, one
 * that is never answered leaves it to the call's own time-out. Handshake: round trips of the way as drawn for this call.
 * Certificate: checked by whoever opens a connection, never by those that are open. Gateway: a connection to the outside
 * holds a port while it is open and for a time after it was closed (TIME_WAIT, RFC 9293).
 */
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import { STATUS_CERTIFICATE_EXPIRED, STATUS_NAME_UNRESOLVED, STATUS_NO_LOCAL_PORT, STATUS_OK } from "./span-status.js";

/** Name failures answer after this long. */
const NAME_ERROR_US = 2_000;
const FOR_NAME = 341;
/** Ports in TIME_WAIT that are told apart, at most. */
const WAITING_PORTS_MAX = 1 << 20;

/** Instead of a duration: nobody ever answers. */
export const SETUP_SILENT = -1;

export class ConnectionSetup implements Checkpointed {
  /** Nothing is declared and no fault is there: opening costs nothing. */
  plain = true;
  /** By link: share of look-ups that fail, and whether by silence. */
  readonly nameFailureRatio: Float64Array;
  readonly nameSilent: Uint8Array;
  /** By link: the certificate of its target is past its end, as the fault has it; and was renewed since. */
  readonly certificateExpired: Uint8Array;
  readonly certificateRenewed: Uint8Array;
  /** Why the last `openUs` failed, STATUS_OK when it did not. */
  status = STATUS_OK;
  /** By connection pool: until when its instance remembers the target's address. */
  readonly #rememberedUntilUs: Float64Array;
  readonly #outside: Uint8Array;
  #portsOpen = 0;
  /** When ports leave TIME_WAIT: a ring, its ends count on. */
  #waitingUs = new Float64Array(64);
  #head = 0;
  #tail = 0;

  constructor(
    readonly model: Model,
    pools: number,
  ) {
    const count = model.dependencies.length;
    this.nameFailureRatio = new Float64Array(count);
    this.nameSilent = new Uint8Array(count);
    this.certificateExpired = new Uint8Array(count);
    this.certificateRenewed = new Uint8Array(count);
    this.#rememberedUntilUs = new Float64Array(pools);
    this.#outside = Uint8Array.from(model.dependencies, ({ targetKind }) => (targetKind === "external" ? 1 : 0));
    this.refresh();
  }

  /** Takes back what faults did; renewed certificates stay renewed. */
  reset(): void {
    this.nameFailureRatio.fill(0);
    this.nameSilent.fill(0);
    this.certificateExpired.fill(0);
  }

  refresh(): void {
    const { names, handshake, gateway } = this.model.topology.network;
    const declared = names !== undefined || handshake !== undefined || gateway !== undefined;
    this.plain = !declared && !this.nameFailureRatio.some((ratio) => ratio > 0) && !this.certificateExpired.includes(1);
  }

  /** Links to the component. */
  linksTo(component: string): readonly number[] {
    return this.model.dependencies.filter(({ target }) => target === component).map(({ index }) => index);
  }

  /**
   * µs until the connection is open, or until its failure is known, or SETUP_SILENT; `status` says which.
   * @param wayUs one way as drawn for this call
   */
  openUs(link: number, pool: number, key: DrawKey, wayUs: number, nowUs: number): number {
    this.status = STATUS_OK;
    if (this.plain) return 0;
    const nameUs = this.#nameUs(link, pool, key, nowUs);
    if (nameUs < 0 || this.#failed()) return nameUs;
    if (!this.#takePort(link, nowUs)) {
      this.status = STATUS_NO_LOCAL_PORT;
      return nameUs + 1;
    }
    const { handshake } = this.model.topology.network;
    const handshakeUs = handshake === undefined ? 0 : handshake.roundTrips * 2 * wayUs + handshake.cpu;
    if (this.certificateExpired[link] === 1 && this.certificateRenewed[link] === 0) {
      this.closed(link, 1, nowUs);
      this.status = STATUS_CERTIFICATE_EXPIRED;
      return nameUs + Math.max(handshakeUs, 2 * wayUs);
    }
    return nameUs + handshakeUs;
  }

  /** Connections over the link were closed. */
  closed(link: number, count: number, nowUs: number): void {
    const { gateway } = this.model.topology.network;
    if (gateway === undefined || this.#outside[link] === 0) return;
    this.#portsOpen -= count;
    for (let port = 0; port < count; port++) this.#wait(nowUs + gateway.timeWait);
  }

  /** Ports of the gateway that cannot be given to a new connection. */
  portsTaken(nowUs: number): number {
    const mask = this.#waitingUs.length - 1;
    while (this.#head !== this.#tail && this.#waitingUs[this.#head & mask] <= nowUs) this.#head++;
    return this.#portsOpen + this.#tail - this.#head;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.plain ? 1 : 0);
    writer.array(this.nameFailureRatio);
    writer.array(this.nameSilent);
    writer.array(this.certificateExpired);
    writer.array(this.certificateRenewed);
    writer.array(this.#rememberedUntilUs);
    writer.int(this.#portsOpen);
    const waiting = this.#tail - this.#head;
    const mask = this.#waitingUs.length - 1;
    const times = Float64Array.from({ length: waiting }, (_, index) => this.#waitingUs[(this.#head + index) & mask]);
    writer.array(times);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.plain = reader.int() === 1;
    reader.into(this.nameFailureRatio);
    reader.into(this.nameSilent);
    reader.into(this.certificateExpired);
    reader.into(this.certificateRenewed);
    reader.into(this.#rememberedUntilUs);
    this.#portsOpen = reader.int();
    this.#head = 0;
    this.#tail = 0;
    for (const atUs of reader.doubles()) this.#wait(atUs);
  }

  #failed(): boolean {
    return this.status !== STATUS_OK;
  }

  #nameUs(link: number, pool: number, key: DrawKey, nowUs: number): number {
    const { names } = this.model.topology.network;
    if (names !== undefined && this.#rememberedUntilUs[pool] > nowUs) return 0;
    const ratio = this.nameFailureRatio[link];
    if (ratio > 0 && uniform(combine(key, FOR_NAME)) < ratio) {
      this.status = STATUS_NAME_UNRESOLVED;
      return this.nameSilent[link] === 1 ? SETUP_SILENT : NAME_ERROR_US;
    }
    if (names === undefined) return 0;
    this.#rememberedUntilUs[pool] = nowUs + names.timeToLive;
    return names.latency;
  }

  #takePort(link: number, nowUs: number): boolean {
    const { gateway } = this.model.topology.network;
    if (gateway === undefined || this.#outside[link] === 0) return true;
    if (this.portsTaken(nowUs) >= gateway.ports) return false;
    this.#portsOpen++;
    return true;
  }

  #wait(untilUs: number): void {
    const count = this.#tail - this.#head;
    if (count === this.#waitingUs.length) this.#grow(count);
    this.#waitingUs[this.#tail++ & (this.#waitingUs.length - 1)] = untilUs;
  }

  #grow(count: number): void {
    if (count * 2 > WAITING_PORTS_MAX) {
      throw new LimitError("ports in TIME_WAIT", WAITING_PORTS_MAX, count * 2, "Keep connections open longer.");
    }
    const mask = count - 1;
    const times = new Float64Array(count * 2);
    for (let index = 0; index < count; index++) times[index] = this.#waitingUs[(this.#head + index) & mask];
    this.#waitingUs = times;
    this.#head = 0;
    this.#tail = count;
  }
}
