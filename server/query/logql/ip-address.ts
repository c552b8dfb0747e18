/** IP addresses in text: one address, a range or a CIDR prefix to look for. Source: grafana/loki pkg/logql/log/ip.go, Go net/netip. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** First and last address, inclusive. */
interface AddressRange {
  readonly bits: 32 | 128;
  readonly from: bigint;
  readonly to: bigint;
}

/** Whether a text has an address of the pattern in it; undefined for a pattern that is none. */
export function compileIpPattern(pattern: string): ((text: string) => boolean) | undefined {
  const range = parsePattern(pattern);
  return range === undefined ? undefined : (text) => hasAddress(text, range);
}

function parsePattern(pattern: string): AddressRange | undefined {
  const single = parseAddress(pattern);
  if (single !== undefined) return { bits: single.bits, from: single.value, to: single.value };
  return parsePrefix(pattern) ?? parseRange(pattern);
}

function parsePrefix(pattern: string): AddressRange | undefined {
  const [, text = "", length = ""] = /^(.+)\/(\d{1,3})$/.exec(pattern) ?? [];
  const address = parseAddress(text);
  if (address === undefined || Number(length) > address.bits) return undefined;
  const hosts = (1n << BigInt(address.bits - Number(length))) - 1n;
  const from = address.value & ~hosts;
  return { bits: address.bits, from, to: from | hosts };
}

function parseRange(pattern: string): AddressRange | undefined {
  const dash = pattern.indexOf("-");
  if (dash < 0) return undefined;
  const from = parseAddress(pattern.slice(0, dash));
  const to = parseAddress(pattern.slice(dash + 1));
  if (from === undefined || to?.bits !== from.bits || to.value < from.value) return undefined;
  return { bits: from.bits, from: from.value, to: to.value };
}

function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseLong(text) : parseShort(text);
}

function parseShort(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return { bits: 32, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) };
}

/** Eight groups of 16 bits, of which `::` leaves some out; the last two may be written as four bytes. */
function parseLong(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":").flatMap(groupsOf)));
  const [before, after] = [groups[0], groups.at(1)];
  const count = before.length + (after?.length ?? 0);
  if (after === undefined ? count !== 8 : count > 7) return undefined;
  const all = after === undefined ? before : [...before, ...new Array<string>(8 - count).fill("0"), ...after];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return { bits: 128, value: all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n) };
}

function groupsOf(group: string): string[] {
  if (!group.includes(".")) return [group];
  const short = parseShort(group);
  return short === undefined ? [""] : [(short.value >> 16n).toString(16), (short.value & 0xffffn).toString(16)];
}

const SHORT = /[0-9.]*/y;
const LONG = /[0-9a-fA-F:.]*/y;
const SHORT_HINT = /\d[\d.]{0,2}\./y;
const LONG_HINT = /::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:/y;

function hasAddress(text: string, range: AddressRange): boolean {
  for (let at = 0; at < text.length; at++) {
    const found = spanAt(text, at, SHORT_HINT, SHORT) ?? spanAt(text, at, LONG_HINT, LONG);
    if (found === undefined) continue;
    const address = parseAddress(found);
    if (address?.bits === range.bits && address.value >= range.from && address.value <= range.to) return true;
    at += found.length;
  }
  return false;
}

function spanAt(text: string, at: number, hint: RegExp, span: RegExp): string | undefined {
  hint.lastIndex = at;
  if (!hint.test(text)) return undefined;
  span.lastIndex = at;
  return span.exec(text)?.[0];
}
