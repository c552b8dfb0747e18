/**
 * Messages by description: the same object is written as Protocol Buffers' bytes and as their JSON, so that one handler
 * serves clients of both. Objects have the form of the JSON mapping: 64-bit integers are decimal texts (or whole
 * numbers), what is missing has its default. Source: protobuf.dev/programming-guides/json.
 */
import { ProtobufReader } from "./protobuf-reader.js";
import { ProtobufWriter } from "./protobuf-writer.js";

/** `hex` are bytes that the JSON of OpenTelemetry writes in hex: ids of traces and spans. */
export type ScalarType = "string" | "int64" | "int32" | "bool" | "double" | "fixed64" | "fixed32" | "bytes" | "hex";

export interface FieldDescription {
  readonly number: number;
  readonly type: ScalarType | MessageDescription;
  readonly repeated?: boolean;
}

/** Fields by their JSON names. */
export interface MessageDescription {
  readonly [name: string]: FieldDescription;
}

export type MessageValue = Readonly<Record<string, unknown>>;

export function encodeMessage(description: MessageDescription, value: MessageValue): Uint8Array {
  const writer = new ProtobufWriter();
  writeFields(writer, description, value);
  return writer.bytes();
}

/** Throws ProtobufError for bytes that are no such message. Fields that are not described are passed over. */
export function decodeMessage(description: MessageDescription, bytes: Uint8Array): MessageValue {
  return readFields(new ProtobufReader(bytes), description);
}

/** The JSON mapping of a message: numbers of 64 bits are texts, as not every client can read them otherwise. */
export function jsonMessage(description: MessageDescription, value: MessageValue): MessageValue {
  const entries = Object.entries(value).map(([name, held]) => {
    const field = Object.hasOwn(description, name) ? description[name] : undefined;
    if (field === undefined || held === undefined || held === null) return [name, held] as const;
    return [name, Array.isArray(held) ? held.map((one) => jsonValue(field, one)) : jsonValue(field, held)] as const;
  });
  return Object.fromEntries(entries);
}

function jsonValue({ type }: FieldDescription, value: unknown): unknown {
  if (typeof type === "object") return jsonMessage(type, value as MessageValue);
  return type === "int64" || type === "fixed64" ? String(value) : value;
}

function writeFields(writer: ProtobufWriter, description: MessageDescription, value: MessageValue): void {
  for (const [name, field] of Object.entries(description)) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (held === undefined || held === null) continue;
    if (field.repeated === true) writeRepeated(writer, field, held as readonly unknown[]);
    else writeField(writer, field, held);
  }
}

function writeRepeated(writer: ProtobufWriter, field: FieldDescription, values: readonly unknown[]): void {
  if (field.type === "int64" || field.type === "int32") writer.packed(field.number, values.map(wholeOf));
  else if (field.type === "fixed64" || field.type === "double") writer.packedWords(field.number, field.type, values);
  else for (const value of values) writeField(writer, field, value);
}

function writeField(writer: ProtobufWriter, { number, type }: FieldDescription, value: unknown): void {
  if (typeof type === "object") {
    writer.message(number, () => {
      writeFields(writer, type, value as MessageValue);
    });
  } else {
    WRITE[type](writer, number, value);
  }
}

const wholeOf = (value: unknown): bigint | number =>
  typeof value === "number" ? Math.round(value) : BigInt(value as string | bigint);

const WRITE: Readonly<Record<ScalarType, (writer: ProtobufWriter, number: number, value: unknown) => void>> = {
  string: (writer, number, value) => {
    writer.string(number, String(value));
  },
  int64: (writer, number, value) => {
    writer.varint(number, wholeOf(value));
  },
  int32: (writer, number, value) => {
    writer.varint(number, wholeOf(value));
  },
  bool: (writer, number, value) => {
    writer.bool(number, value === true);
  },
  double: (writer, number, value) => {
    writer.double(number, Number(value));
  },
  fixed64: (writer, number, value) => {
    writer.fixed64(number, BigInt(value as string | number));
  },
  fixed32: (writer, number, value) => {
    writer.fixed32(number, Number(value));
  },
  bytes: (writer, number, value) => {
    writer.raw(number, value as Uint8Array);
  },
  hex: (writer, number, value) => {
    writer.raw(number, bytesOfHex(value as string));
  },
};

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

const hexOfBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function readFields(reader: ProtobufReader, description: MessageDescription): MessageValue {
  const byNumber = new Map(Object.entries(description).map(([name, field]) => [field.number, { name, field }]));
  const value: Record<string, unknown> = {};
  while (reader.next()) {
    const known = byNumber.get(reader.field);
    if (known === undefined) {
      reader.skip();
      continue;
    }
    const { name, field } = known;
    if (field.repeated === true) {
      const list = (value[name] ??= []) as unknown[];
      for (const one of readAll(reader, field)) list.push(one);
    } else value[name] = readField(reader, field);
  }
  return value;
}

function readAll(reader: ProtobufReader, field: FieldDescription): readonly unknown[] {
  const { type } = field;
  if (type === "fixed64" || type === "double")
    return reader.isPacked ? readWords(reader, type) : [readField(reader, field)];
  const isNumber = type === "int64" || type === "int32";
  if (!isNumber || !reader.isPacked) return [readField(reader, field)];
  const packed = reader.message();
  const values: unknown[] = [];
  while (!packed.atEnd) values.push(numberOf(field.type, packed.nextPacked()));
  return values;
}

function readWords(reader: ProtobufReader, type: "fixed64" | "double"): readonly unknown[] {
  const packed = reader.message();
  const values: unknown[] = [];
  while (!packed.atEnd) values.push(type === "double" ? packed.nextDouble() : String(packed.nextFixed64()));
  return values;
}

function readField(reader: ProtobufReader, { type }: FieldDescription): unknown {
  if (typeof type === "object") return readFields(reader.message(), type);
  switch (type) {
    case "string":
      return reader.string();
    case "bytes":
      return reader.raw();
    case "double":
      return reader.double();
    case "bool":
      return reader.varint() !== 0n;
    case "fixed64":
      return String(reader.fixed64());
    case "fixed32":
      return reader.fixed32();
    case "hex":
      return hexOfBytes(reader.raw());
    default:
      return numberOf(type, reader.varint());
  }
}

function numberOf(type: FieldDescription["type"], varint: bigint): string | number {
  const signed = BigInt.asIntN(64, varint);
  return type === "int64" ? String(signed) : Number(BigInt.asIntN(32, signed));
}
