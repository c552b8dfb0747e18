/** A yardstick of the machine: an M/M/4 station as a plain loop over typed arrays, events a second of processor time. */
import { Digest } from "../../dist/server/base/digest.js";
import { mix } from "../../dist/server/base/draw.js";

const EVENTS = { small: 200_000, large: 8_000_000 };
const SERVERS = 4;
const LOAD = 0.8;

const exponential = (draw) => -Math.log((mix(draw) + 0.5 + 2 ** 31) / 2 ** 32);

export function benchReference(size) {
  const before = process.cpuUsage();
  const { meanWait, events } = station(EVENTS[size]);
  const { user, system } = process.cpuUsage(before);
  const rate = events / ((user + system) / 1e6);
  const checksum = new Digest().double(meanWait).int(events).hex();
  return [
    { figure: "M/M/4, plain loop", value: rate, unit: "events/s", checksum },
    { figure: "its mean wait (theory 0.7455 of a service time)", value: meanWait, unit: "" },
  ];
}

/** Four servers that are next free at `free`; a customer takes the one that is free first. */
function station(events) {
  const free = new Float64Array(SERVERS);
  let now = 0;
  let waited = 0;
  const customers = events / 2;
  for (let customer = 0; customer < customers; customer++) {
    now += exponential(customer * 2) / (LOAD * SERVERS);
    let first = 0;
    for (let server = 1; server < SERVERS; server++) if (free[server] < free[first]) first = server;
    const start = Math.max(now, free[first]);
    waited += start - now;
    free[first] = start + exponential(customer * 2 + 1);
  }
  return { meanWait: waited / customers, events };
}
