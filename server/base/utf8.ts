/** UTF-8, without what only browsers or Node have. Source: RFC 3629. Unpaired surrogates become U+FFFD, as everywhere. */

const REPLACEMENT = 0xfffd;

/** Bytes of `text`. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? REPLACEMENT;
    at = writePoint(bytes, at, point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point);
  }
  return bytes.slice(0, at);
}

/** How many bytes `text` has. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) length++;
    else if (code < 0x800) length += 2;
    else {
      length += code >= 0xd800 && code < 0xdc00 ? 4 : 3;
      if (code >= 0xd800 && code < 0xdc00) at++;
    }
  }
  return length;
}

function writePoint(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point;
    return at + 1;
  }
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  bytes[at] = [0, 0xc0, 0xe0, 0xf0][more] | (point >> (6 * more));
  for (let rest = more - 1; rest >= 0; rest--) bytes[at + more - rest] = 0x80 | ((point >> (6 * rest)) & 0x3f);
  return at + more + 1;
}

/** Characters of a read are made in pieces, because a call takes so many arguments only. */
const PIECE = 8_192;

/** Text of `bytes`; undefined where they are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const pieces: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    if (more < 0 || at + more >= bytes.length) return undefined;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let next = 1; next <= more; next++) {
      const byte = bytes[at + next];
      if ((byte & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    if (point < LEAST[more] || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) return undefined;
    points.push(point);
    if (points.length === PIECE) {
      pieces.push(String.fromCodePoint(...points));
      points = [];
    }
    at += more + 1;
  }
  return pieces.join("") + String.fromCodePoint(...points);
}

/** Least character that needs so many further bytes; a smaller one was written too long. */
const LEAST: readonly number[] = [0, 0x80, 0x800, 0x10000];
