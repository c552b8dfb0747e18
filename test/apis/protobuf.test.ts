import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, type MessageDescription } from "../../server/apis/protobuf/message.js";
import { ProtobufError, ProtobufReader } from "../../server/apis/protobuf/protobuf-reader.js";
import { ProtobufWriter } from "../../server/apis/protobuf/protobuf-writer.js";
import { decodeUtf8, encodeUtf8 } from "../../server/base/utf8.js";

describe("UTF-8 agrees with the platform's", () => {
  test.each(["", "plain", "Lucía Ferrer 10 µs → ∞", "𝔉𝔦𝔯𝔢 🔥", "x".repeat(20_000) + "ß", "\ud800 alone"])(
    "%j",
    (text) => {
      const bytes = encodeUtf8(text);
      expect([...bytes]).toEqual([...new TextEncoder().encode(text)]);
      expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes));
    },
  );

  test.each([[0x80], [0xc0, 0x80], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x28, 0xa1]])(
    "bytes that are none: %j %j %j",
    (...bytes) => {
      expect(decodeUtf8(Uint8Array.from(bytes.filter((byte) => byte !== undefined)))).toBeUndefined();
      expect(() => new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes))).toThrow();
    },
  );
});

describe("the wire format", () => {
  /* Bytes from the documentation of the format. */
  test("examples of its documentation", () => {
    const writer = new ProtobufWriter(1);
    writer.varint(1, 150);
    writer.string(2, "testing");
    expect(Buffer.from(writer.bytes()).toString("hex")).toBe("08960112" + "0774657374696e67");
    const packed = new ProtobufReader(Uint8Array.from([0x32, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5]));
    expect(packed.next() && packed.field).toBe(6);
    const inside = packed.message();
    expect([inside.nextPacked(), inside.nextPacked(), inside.nextPacked()]).toEqual([3n, 270n, 86_942n]);
  });

  test("numbers of every size come back", () => {
    const numbers = [0, 1, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 53 - 1, -1, -(2 ** 40)];
    const writer = new ProtobufWriter(1);
    for (const value of numbers) writer.varint(7, value);
    writer.fixed64(8, 1_762_956_360_123_456_789n);
    writer.double(9, -0.1);
    const reader = new ProtobufReader(writer.bytes());
    for (const value of numbers) expect(reader.next() && reader.int()).toBe(value);
    expect(reader.next() && reader.fixed64()).toBe(1_762_956_360_123_456_789n);
    expect(reader.next() && reader.double()).toBe(-0.1);
    expect(reader.next()).toBe(false);
  });

  test("cut off or malformed bytes are an error with a place", () => {
    for (const bytes of [
      [0x0a, 5, 1],
      [0x08],
      [0x08, ...Array.from({ length: 11 }, () => 0xff)],
      [0x07, 1],
      [0x0f, 1],
    ]) {
      const read = (): void => {
        const reader = new ProtobufReader(Uint8Array.from(bytes));
        while (reader.next()) reader.skip();
      };
      expect(read).toThrow(ProtobufError);
      expect(read).toThrow(/^byte \d+: /);
    }
  });
});

const POINT: MessageDescription = {
  value: { number: 1, type: "double" },
  timestamp: { number: 2, type: "int64" },
};
const SERIES: MessageDescription = {
  name: { number: 1, type: "string" },
  points: { number: 2, type: POINT, repeated: true },
  levels: { number: 3, type: "int64", repeated: true },
  small: { number: 4, type: "int32" },
  on: { number: 5, type: "bool" },
  hash: { number: 6, type: "bytes" },
};

test("messages by description come back in the form of their JSON", () => {
  const value = {
    name: "requests",
    points: [
      { value: 1.5, timestamp: "1762956360123" },
      { value: 0, timestamp: "-5" },
    ],
    levels: ["0", "300", "1762956360123456789"],
    small: -3,
    on: true,
    hash: Uint8Array.from([1, 2, 255]),
  };
  expect(decodeMessage(SERIES, encodeMessage(SERIES, value))).toEqual(value);
  expect(decodeMessage(POINT, encodeMessage(SERIES, { small: 1 }))).toEqual({});
});
