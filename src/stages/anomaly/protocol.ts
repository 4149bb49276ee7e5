/** Which test images are anomalies, under a protocol that has a name. @module */
import { RunError } from "../../core/errors.ts";
import type { Dataset } from "../../data/dataset.ts";

/** The protocols there are. */
export const PROTOCOLS = ["oneNormal", "oneAnomalous"] as const;
/** The name of a protocol. */
export type AnomalyProtocol = typeof PROTOCOLS[number];

/** The test images by what they are. */
export interface Groups {
  /** The class that is the normal or the anomalous one. */
  readonly className: string;
  /** Positions in the test split. */
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
}

/**
 * Parts the test images, after making sure that the train split is what the protocol says.
 *
 * @param wanted The class; `null`: the one that the train split has alone (`oneNormal`) or lacks alone (`oneAnomalous`).
 * @throws {RunError} When labels are missing, the train split does not fit, or a group has no test image.
 */
export function groupsOf(dataset: Dataset, protocol: AnomalyProtocol, wanted: string | null): Groups {
  const { train, test, labelNames, name } = dataset;
  if (labelNames === undefined || train.labels === undefined || test.labels === undefined) {
    throw new RunError(
      `samples must have labels, got ${name} without any`,
    );
  }
  const trained = new Set(train.labels);
  const one = protocol === "oneNormal"
    ? normalClass(trained, labelNames, wanted)
    : anomalousClass(trained, new Set(test.labels), labelNames, wanted);
  const rows = (is: boolean) =>
    Array.from(test.labels!).flatMap((label, row) => (label === one) === is ? [row] : []);
  const own = rows(true), others = rows(false);
  if (own.length === 0 || others.length === 0) {
    throw new RunError(
      `test split must have samples of "${
        labelNames[one]
      }" and of others, got ${own.length} and ${others.length}`,
    );
  }
  const [normal, anomalous] = protocol === "oneNormal" ? [own, others] : [others, own];
  return { className: labelNames[one], normal, anomalous };
}

const namesOf = (labels: Iterable<number>, labelNames: readonly string[]) =>
  [...labels].toSorted((a, b) => a - b).map((label) => labelNames[label]).join(", ");

function normalClass(
  trained: ReadonlySet<number>,
  labelNames: readonly string[],
  wanted: string | null,
): number {
  const [one] = trained;
  if (trained.size === 1 && (wanted === null || labelNames[one] === wanted)) return one;
  throw new RunError(
    `train split must have ${
      wanted === null ? "one class alone" : `"${wanted}" alone`
    } (put filterClasses({ labels: [...] }) before train), got ${namesOf(trained, labelNames)}`,
  );
}

function anomalousClass(
  trained: ReadonlySet<number>,
  tested: ReadonlySet<number>,
  labelNames: readonly string[],
  wanted: string | null,
): number {
  const lacking = [...tested].filter((label) => !trained.has(label));
  if (lacking.length === 1 && (wanted === null || labelNames[lacking[0]] === wanted)) return lacking[0];
  throw new RunError(
    `train split must lack ${
      wanted === null ? "one class alone" : `"${wanted}" alone`
    } (put filterClasses({ except: [...] }) before train), got ${
      lacking.length === 0 ? "none" : namesOf(lacking, labelNames)
    }`,
  );
}
