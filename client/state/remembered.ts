/** Values that cost something to make, kept until what they are made from changes. */
export class Remembered {
  private readonly made = new Map<string, { readonly key: string; readonly value: unknown }>();

  /** The value of that name, made again when `key`, compared as JSON, is another one; one name has one type of value. */
  once<Value>(name: string, key: unknown, make: () => Value): Value {
    const text = JSON.stringify(key);
    const before = this.made.get(name);
    if (before?.key === text) return before.value as Value;
    const value = make();
    this.made.set(name, { key: text, value });
    return value;
  }
}
