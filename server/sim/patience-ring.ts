/** Requests in the order in which those who sent them lose patience: a first-in first-out ring, as patience is constant. */
import type { StateReader, StateWriter } from "../base/state-stream.js";

export class PatienceRing {
  #dueUs = new Float64Array(64);
  #requests = new Int32Array(64);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Instant of the oldest entry; Infinity when there is none. */
  get nextUs(): number {
    return this.#length === 0 ? Infinity : this.#dueUs[this.#head];
  }

  /** The oldest entry; there must be one. */
  get oldest(): number {
    return this.#requests[this.#head];
  }

  push(dueUs: number, request: number): void {
    if (this.#length === this.#requests.length) this.#grow();
    const place = (this.#head + this.#length++) % this.#requests.length;
    this.#dueUs[place] = dueUs;
    this.#requests[place] = request;
  }

  /** Takes the oldest entry; there must be one. */
  take(): number {
    const request = this.#requests[this.#head];
    this.#head = (this.#head + 1) % this.#requests.length;
    this.#length--;
    return request;
  }

  save(writer: StateWriter): void {
    const places = Array.from({ length: this.#length }, (_, at) => (this.#head + at) % this.#requests.length);
    writer.array(Float64Array.from(places, (place) => this.#dueUs[place]));
    writer.array(Int32Array.from(places, (place) => this.#requests[place]));
  }

  restore(reader: StateReader): void {
    const dueUs = reader.doubles();
    const requests = reader.ints();
    this.#head = 0;
    this.#length = requests.length;
    while (this.#requests.length < requests.length) this.#double();
    this.#dueUs.set(dueUs);
    this.#requests.set(requests);
  }

  #grow(): void {
    const dueUs = this.#dueUs;
    const requests = this.#requests;
    const head = this.#head;
    this.#double();
    for (let at = 0; at < this.#length; at++) {
      this.#dueUs[at] = dueUs[(head + at) % requests.length];
      this.#requests[at] = requests[(head + at) % requests.length];
    }
    this.#head = 0;
  }

  #double(): void {
    this.#dueUs = new Float64Array(this.#dueUs.length * 2);
    this.#requests = new Int32Array(this.#requests.length * 2);
  }
}
