/** Look-up in maps keyed by names of an author's, where `constructor` is a name like any other. */

/** The entry of `record` under its own key `name`, or undefined. */
export function entryOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
