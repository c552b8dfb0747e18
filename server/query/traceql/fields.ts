/** Walks over a query's parts. */
import type { FieldExpression, NamedField, ScalarExpression, Stage } from "./ast.js";

/** Every stage, those within others included, outer ones first. */
export function eachStage(stages: readonly Stage[], visit: (stage: Stage) => void): void {
  for (const stage of stages) {
    visit(stage);
    if (stage.kind === "spansets") eachStage([stage.left, stage.right], visit);
    else if (stage.kind === "pipeline") eachStage(stage.stages, visit);
    else if (stage.kind === "scalar-filter") {
      for (const side of [stage.left, stage.right]) eachStage(stagesOf(side), visit);
    }
  }
}

function stagesOf(scalar: ScalarExpression): readonly Stage[] {
  if (scalar.kind === "scalar-pipeline") return scalar.stages;
  return scalar.kind === "scalars" ? [...stagesOf(scalar.left), ...stagesOf(scalar.right)] : [];
}

/** Attributes and intrinsics that a stage names itself. */
export function namedFields(stage: Stage): readonly NamedField[] {
  switch (stage.kind) {
    case "filter":
      return fieldsOf(stage.condition);
    case "by":
      return fieldsOf(stage.by);
    case "select":
      return stage.fields;
    case "scalar-filter":
      return [...scalarFields(stage.left), ...scalarFields(stage.right)];
    default:
      return [];
  }
}

function scalarFields(scalar: ScalarExpression): readonly NamedField[] {
  switch (scalar.kind) {
    case "literal":
      return [];
    case "aggregate":
      return scalar.of === undefined ? [] : fieldsOf(scalar.of);
    case "scalar-pipeline":
      return scalarFields(scalar.aggregate);
    case "scalars":
      return [...scalarFields(scalar.left), ...scalarFields(scalar.right)];
  }
}

function fieldsOf(expression: FieldExpression): readonly NamedField[] {
  switch (expression.kind) {
    case "literal":
      return [];
    case "attribute":
    case "intrinsic":
      return [expression];
    case "unary":
      return fieldsOf(expression.operand);
    case "binary":
      return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
  }
}
