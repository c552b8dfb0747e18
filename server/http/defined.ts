/** The fields of `Value` that may be undefined become optional ones without undefined. */
type Defined<Value extends object> = { readonly [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** A copy without the fields that are undefined: absent is absent, as the wire types have it. */
export function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<Value>;
}
