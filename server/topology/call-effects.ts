/** Effects of faults on how calls are made: settings of callers, connections that get lost, servers that hang up. */
export type CallEffect =
  /** Callers (one, or all of the target) call it with other settings than they should. */
  | {
      readonly kind: "call-setting";
      readonly service: string | undefined;
      readonly target: string;
      readonly setting: CallSetting;
      readonly value: number;
      /** It stays when the fault has passed: the fault only brought it to light. */
      readonly lasting: boolean;
    }
  /** The target closes connections that were idle for so long; its callers take `noticeUs` to see it. */
  | { readonly kind: "keep-alive"; readonly target: string; readonly idleUs: number; readonly noticeUs: number }
  /** Share of calls after which the caller does not give its connection back. */
  | { readonly kind: "connection-leak"; readonly service: string; readonly target: string; readonly ratio: number };

export type CallSetting = "timeoutUs" | "poolSize" | "attempts" | "backoffUs";
