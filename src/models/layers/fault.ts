/** Why a layer does not fit where it is. @module */

/** A layer that does not take the inputs it would get, or an option of it that does not fit them. */
export class LayerFault extends RangeError {
  /** Where: steps from the model, or from the layer, to the option. */
  readonly path: readonly (string | number)[];
  /** What must hold, what was found, and the remedy. */
  readonly must: string;

  constructor(path: readonly (string | number)[], must: string) {
    super(`${path.join(".")} ${must}`);
    this.name = "LayerFault";
    this.path = path;
    this.must = must;
  }
}

/** Runs something about the layer at a path; its faults get the path. */
export function atLayer<Result>(path: readonly (string | number)[], run: () => Result): Result {
  try {
    return run();
  } catch (thrown) {
    if (!(thrown instanceof LayerFault)) throw thrown;
    throw new LayerFault([...path, ...thrown.path], thrown.must);
  }
}
