/** Base64 and the percent code of queries, over UTF-8. Source: RFC 4648; Go net/url QueryEscape and QueryUnescape. */
import { TemplateFault } from "./template-syntax.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Halves of a pair that stand alone are no text. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");

function utf8Of(text: string): number[] {
  const bytes: number[] = [];
  for (const part of encodeURIComponent(wellFormed(text)).matchAll(/%([0-9A-F]{2})|[^]/g)) {
    const hex = part.at(1);
    bytes.push(hex === undefined ? part[0].charCodeAt(0) : Number.parseInt(hex, 16));
  }
  return bytes;
}

function textOf(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return "\ufffd";
  }
}

export function encodeBase64(text: string): string {
  const bytes = utf8Of(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = [bytes[at], bytes.at(at + 1) ?? 0, bytes.at(at + 2) ?? 0];
    const value = (group[0] << 16) | (group[1] << 8) | group[2];
    const used = Math.min(3, bytes.length - at);
    for (let digit = 0; digit < 4; digit++) {
      out += digit > used ? "=" : ALPHABET[(value >> (18 - digit * 6)) & 63];
    }
  }
  return out;
}

export function decodeBase64(text: string): string {
  const digits = text.replace(/=+$/, "");
  const fault = digits.search(/[^A-Za-z0-9+/]/);
  if (fault >= 0 || text.length % 4 !== 0) return `illegal base64 data at input byte ${String(Math.max(0, fault))}`;
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const digit of digits) {
    bits = ((bits << 6) | ALPHABET.indexOf(digit)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 255);
  }
  return textOf(bytes);
}

export function percentEncode(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0] ?? text;
    throw new TemplateFault(`error calling urldecode: invalid URL escape ${JSON.stringify(escape)}`);
  }
}
