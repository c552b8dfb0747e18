/**
 * What a browser measures of one page view, given how long the edge took for its document.
 *
 * Model. Time to first byte = name + connection + TLS 1.3 (on a new connection: a round trip each) + one round trip +
 * the server's time. The largest element is painted after its bytes have come and the browser has worked on them:
 * bytes take the rounds of TCP's slow start from 10 segments of 1,460 bytes, plus bytes over bandwidth; work takes the
 * page's time on a desktop times the slowness of the device, lognormal. Interaction to next paint is lognormal around
 * the page's work times slowness; the layout shift around the page's median.
 *
 * Sources: web.dev, "Optimize LCP" (TTFB, load and render delay) and "INP"; RFC 6928 (initial window); the access
 * networks of WebPageTest; slowness of devices by Lighthouse's processor throttling. Spreads are chosen so that medians
 * and 75th percentiles of a plain page lie where HTTP Archive and the Chrome UX report have them.
 *
 * Simplification, named: the measurements of a page view are reported at the moment of the answer, not seconds later.
 */
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import type { AccessNetworkSpec, DeviceSpec, PageSpec } from "../topology/browser-spec.js";

const FOR_NEW_CONNECTION = 631;
const FOR_NAME = 632;
const FOR_ROUND_TRIP = 633;
const FOR_WORK = 634;
const FOR_INTERACTION = 635;
const FOR_SHIFT = 636;
const FOR_SCRIPT_ERROR = 637;

const SEGMENT_BYTES = 1_460;
const INITIAL_WINDOW_BYTES = 10 * SEGMENT_BYTES;
/** Share of new connections whose name is not in a cache nearby. */
const NAME_MISS_RATIO = 0.3;
const ROUND_TRIP_SIGMA = 0.3;
const WORK_SIGMA = 0.5;
const INTERACTION_SIGMA = 0.8;
const SHIFT_SIGMA = 1.1;
/** Page views on which a script fails for reasons of the browser: its extensions, a blocked tracker, its age. */
const STRAY_ERROR_RATIO = 0.001;

/** What faults do to pages; 1, 1, 0, 0 without any. */
export interface PageStrain {
  readonly weightFactor: number;
  readonly workFactor: number;
  readonly shift: number;
  readonly errorRatio: number;
}

export const NO_STRAIN: PageStrain = { weightFactor: 1, workFactor: 1, shift: 0, errorRatio: 0 };

/** Of one page view, µs; the shift in millionths. Filled by `measure`, read before the next call. */
export class WebVitals {
  dnsUs = 0;
  tcpUs = 0;
  tlsUs = 0;
  requestUs = 0;
  ttfbUs = 0;
  lcpUs = 0;
  inpUs = 0;
  clsMillionths = 0;
  scriptError = false;
  readonly #tables: Float64Array;
  readonly #roundTrip: number;
  readonly #work: number;
  readonly #interaction: number;
  readonly #shift: number;

  constructor(readonly newConnections: number) {
    const tables = new QuantileTables();
    this.#roundTrip = tables.offsetOf("lognormal", ROUND_TRIP_SIGMA);
    this.#work = tables.offsetOf("lognormal", WORK_SIGMA);
    this.#interaction = tables.offsetOf("lognormal", INTERACTION_SIGMA);
    this.#shift = tables.offsetOf("lognormal", SHIFT_SIGMA);
    this.#tables = tables.build();
  }

  /** @param wayUs there and back between the user's region and the edge */
  measure(
    key: DrawKey,
    page: PageSpec,
    device: DeviceSpec,
    network: AccessNetworkSpec,
    strain: PageStrain,
    wayUs: number,
    serverUs: number,
  ): void {
    const roundTripUs = wayUs + network.roundTrip * this.#draw(this.#roundTrip, key, FOR_ROUND_TRIP);
    const fresh = uniform(combine(key, FOR_NEW_CONNECTION)) < this.newConnections;
    const named = fresh && uniform(combine(key, FOR_NAME)) < NAME_MISS_RATIO;
    this.dnsUs = named ? Math.round(roundTripUs) : 0;
    this.tcpUs = fresh ? Math.round(roundTripUs) : 0;
    this.tlsUs = this.tcpUs;
    this.requestUs = Math.round(roundTripUs + serverUs);
    this.ttfbUs = this.dnsUs + this.tcpUs + this.tlsUs + this.requestUs;
    const bytes = page.criticalBytes * strain.weightFactor;
    const loadUs = slowStartRounds(bytes) * roundTripUs + (bytes / network.bytesPerSecond) * 1e6;
    const slowness = device.slowness * strain.workFactor;
    const workUs = page.render * slowness * this.#draw(this.#work, key, FOR_WORK);
    this.lcpUs = Math.round(this.ttfbUs + loadUs + workUs);
    this.inpUs = Math.round(page.interaction * slowness * this.#draw(this.#interaction, key, FOR_INTERACTION));
    const shift = page.layoutShift * this.#draw(this.#shift, key, FOR_SHIFT) + strain.shift;
    this.clsMillionths = Math.round(shift * 1e6);
    this.scriptError = uniform(combine(key, FOR_SCRIPT_ERROR)) < Math.max(strain.errorRatio, STRAY_ERROR_RATIO);
  }

  #draw(table: number, key: DrawKey, purpose: number): number {
    return quantileAt(this.#tables, table, combine(key, purpose));
  }
}

/** Round trips until the window has let `bytes` through: it doubles from ten segments on. */
export const slowStartRounds = (bytes: number): number => Math.ceil(Math.log2(1 + bytes / INITIAL_WINDOW_BYTES));
