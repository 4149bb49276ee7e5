/** Why options are refused: which of them, and the rule that it breaks. @module */

/** One fault: where, and what. */
export interface Fault {
  /** `train.epochs` */
  readonly path: string;
  /** The rule and the value that was found: `must be at least 1, got 0`. */
  readonly message: string;
}

/** Faults of options that are at `path` of others. */
export function faultsAt(path: string, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ ...fault, path: `${path}.${fault.path}` }));
}

/** A fault as a sentence: `train.epochs must be at least 1, got 0`. */
export function faultText({ path, message }: Fault): string {
  return `${path} ${message}`;
}
