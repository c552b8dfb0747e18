/**
 * Operations as flat programs: an instruction is 16 integers, a request is a frame that points into the code. No
 * closure, generator or promise exists per request; a program can be stored, compared and cloned.
 */

/** Integers of an instruction; instruction n begins at n << INSTRUCTION_SHIFT. */
export const INSTRUCTION_SHIFT = 4;

/* Operation codes. */
/** Compute: DURATION, PER_ITEM. */
export const OP_CPU = 0;
/** Talk to another component: everything from DEPENDENCY on. */
export const OP_CALL = 1;
export const OP_QUERY = 2;
export const OP_EXTERNAL = 3;
/** Ask a cache for the request's key; a hit jumps to TARGET_PC. */
export const OP_CACHE_GET = 4;
export const OP_CACHE_SET = 5;
export const OP_PUBLISH = 6;
/** Unless FLAG has FLAG_VALUE: jump to TARGET_PC. */
export const OP_FLAG = 7;
/** Start the branches whose entries are in FIELD_BRANCHES.. (at most BRANCHES_MAX); go on after all have ended. */
export const OP_PARALLEL = 8;
/** Fail with the operation's own error ratio. */
export const OP_OWN_ERROR = 9;
export const OP_END = 10;

/* Fields of an instruction. */
export const FIELD_OP = 0;
/** What draws of this step are keyed with: the same in every variant of the program. */
export const FIELD_SALT = 1;
export const FIELD_DURATION = 2;
export const FIELD_PER_ITEM = 3;
/** Index of the dependency within the service. */
export const FIELD_DEPENDENCY = 2;
/** Client or producer span. */
export const FIELD_SITE = 3;
/** Operation, query, external operation, keyspace or queue, as an index into the model's list. */
export const FIELD_TARGET = 4;
/** Times, or −1 for once a basket item. */
export const FIELD_REPEAT = 5;
export const FIELD_OPTIONAL = 6;
/** Offset of the step's client metric in the target's values; blocks of the statuses follow each other. */
export const FIELD_METRIC = 7;
/** 1 when what follows, as far as TARGET_PC, is run only in place of an answer. */
export const FIELD_FALLBACK = 8;
/** Repetitions at one time; 0 and 1 are one after the other. */
export const FIELD_CONCURRENCY = 9;
/** Where a hit, or a step whose flag is off, goes on. */
export const FIELD_TARGET_PC = 15;
export const FIELD_FLAG = 2;
export const FIELD_FLAG_VALUE = 3;
export const FIELD_BRANCH_COUNT = 2;
/** Added to the count of branches when the failure of one cancels the others. */
export const BRANCHES_CANCEL = 256;
export const FIELD_BRANCHES = 3;
export const BRANCHES_MAX = 12;

export const REPEAT_BASKET = -1;

export interface Program {
  readonly code: Int32Array;
  /** Integers of the code without any fault; it comes first, so that positions in it do not depend on faults. */
  readonly plainLength: number;
  /** First instruction of an operation: `entries[variant · operations + operation]`. */
  readonly entries: Int32Array;
}
