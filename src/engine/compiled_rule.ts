/** The error of an update by a program that was compiled without a rule. @module */
import type { ProgramOptions } from "./engine.ts";
import type { UpdateRule } from "./update_rule.ts";

/** The rule of a program. */
export function compiledRule({ rule }: ProgramOptions): UpdateRule {
  if (rule !== undefined) return rule;
  throw new TypeError(
    "update() needs a program that was compiled with an update rule, got none (set options.rule)",
  );
}
