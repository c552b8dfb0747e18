/** Expressions over one span: what stands within braces and within the brackets of aggregates. */
import type { FieldExpression, FieldOperator, NamedField, Scope } from "./ast.js";
import type { TokenReader } from "./token-reader.js";
import type { Token } from "./tokens.js";
import {
  CONSTANTS,
  FIELD_OPERATORS,
  INTRINSICS,
  RANK_ADD,
  RANK_AND,
  RANK_COMPARE,
  RANK_NOT,
  RANK_POWER,
  rankOf,
} from "./vocabulary.js";

/** Operators of `rankMin` and above are taken. */
export function parseField(reader: TokenReader, rankMin = RANK_AND): FieldExpression {
  return reader.nested(() => {
    let left = parseOperand(reader);
    for (;;) {
      const { token } = reader;
      const rank = token.kind === "symbol" && FIELD_OPERATORS.has(token.text) ? fieldRank(token.text) : undefined;
      if (rank === undefined || rank < rankMin) return left;
      reader.next();
      const right = parseField(reader, rank === RANK_POWER ? rank : rank + 1);
      const operator = token.text as FieldOperator;
      left = { kind: "binary", operator, left, right, from: left.from, to: right.to };
    }
  });
}

const fieldRank = (symbol: string): number | undefined => (symbol === "!~" ? RANK_COMPARE : rankOf(symbol));

function parseOperand(reader: TokenReader): FieldExpression {
  const { token } = reader;
  if (token.kind === "symbol") {
    if (token.text === "(") return parseParenthesized(reader);
    if (token.text === "-" || token.text === "!") {
      reader.next();
      const operand = parseField(reader, (token.text === "-" ? RANK_ADD : RANK_NOT) + 1);
      return { kind: "unary", operator: token.text, operand, from: token.from, to: operand.to };
    }
    throw reader.unexpected();
  }
  const literal = parseLiteral(reader);
  return literal ?? parseNamedField(reader);
}

function parseParenthesized(reader: TokenReader): FieldExpression {
  const { from } = reader.next();
  const inner = parseField(reader);
  reader.close(")");
  return { ...inner, from, to: reader.lastTo };
}

/** A literal, and nothing read where there is none. */
function parseLiteral(reader: TokenReader): FieldExpression | undefined {
  const { token } = reader;
  const value = literalValue(token);
  if (value === undefined) return undefined;
  reader.next();
  return { kind: "literal", value, from: token.from, to: token.to };
}

export function literalValue(token: Token): Extract<FieldExpression, { kind: "literal" }>["value"] | undefined {
  switch (token.kind) {
    case "string":
      return { type: "string", value: token.value };
    case "integer":
      return { type: "int", value: token.value };
    case "float":
    case "duration":
      return { type: token.kind, value: token.value };
    case "word":
      return CONSTANTS.get(token.text);
    default:
      return undefined;
  }
}

/** An attribute or an intrinsic. */
export function parseNamedField(reader: TokenReader): NamedField {
  const { token } = reader;
  if (token.kind === "attribute") {
    reader.next();
    return attributeOf(token);
  }
  const intrinsic = token.kind === "word" ? INTRINSICS.get(token.text) : undefined;
  if (intrinsic === undefined) throw reader.unexpected();
  reader.next();
  return { kind: "intrinsic", intrinsic, ofParent: false, from: token.from, to: token.to };
}

function attributeOf({ scope, name, from, to }: Extract<Token, { kind: "attribute" }>): NamedField {
  const ofParent = scope.startsWith("parent");
  const rest = ofParent ? scope.slice("parent.".length) : scope;
  // Without a further scope the parent's intrinsics are meant before its attributes.
  const intrinsic = ofParent && rest === "" ? INTRINSICS.get(name) : undefined;
  if (intrinsic !== undefined) return { kind: "intrinsic", intrinsic, ofParent, from, to };
  return { kind: "attribute", scope: rest === "" ? "none" : (rest as Scope), ofParent, name, from, to };
}
