/**
 * What a run reports, as messages for TensorBoard: curves and pictures by epoch, hyper-parameters, final metrics.
 *
 * @module
 */
import type { EventOf, RunEvent } from "../../pipeline/events.ts";
import type { Direction } from "../../pipeline/metric.ts";
import { encodePng } from "../png.ts";
import { comparisonSheet, type Tile, tilesOfBytes } from "../sheet.ts";
import {
  type EncodedPicture,
  fileVersion,
  type HyperParameter,
  hyperParameters,
  image,
  scalar,
  sessionEnd,
  sessionStart,
  summary,
} from "./messages.ts";

/** The hyper-parameters of a run, by name: `train.epochs`. */
export type HyperParameters = Readonly<Record<string, HyperParameter>>;

/** What the scalars of a run have so far: the step of what comes next, and which tags there are. */
interface Scalars {
  /** The last epoch of any training: the step of what is measured after it. */
  step(): number;
  ofEpoch(event: EventOf<"epoch">, unit: string | undefined): Uint8Array[];
  ofStage(event: EventOf<"stage">): Uint8Array[];
  /** A scalar; only the first of a tag has a description, as TensorBoard keeps no other. */
  value(tag: string, number: number | null, description?: string): Uint8Array;
}

function scalars(): Scalars {
  const described = new Set<string>(), curves = new Set<string>();
  let step = 0;
  function value(tag: string, number: number | null, description?: string): Uint8Array {
    const isFirst = !described.has(tag);
    described.add(tag);
    return scalar(tag, number ?? NaN, isFirst ? description : undefined);
  }
  return {
    step: () => step,
    value,
    ofEpoch({ t, stage, epoch, ...measured }, unit) {
      step = epoch;
      const values = curvesOf(measured, unit).flatMap(([name, number, description]) => {
        if (number === undefined) return [];
        const tag = `${stage}/${name}`;
        curves.add(tag);
        return [value(tag, number, description)];
      });
      return [summary({ t, step }, values)];
    },
    ofStage({ t, stage, metrics = {} }) {
      const values = Object.entries(metrics).flatMap(([name, { value: number, unit, direction }]) => {
        const tag = `${stage}/${name}`;
        // A metric with the name of a curve would be one more point of it.
        return curves.has(tag) ? [] : [value(tag, number, describe(unit, direction))];
      });
      return values.length === 0 ? [] : [summary({ t, step }, values)];
    },
  };
}

/**
 * Returns a function that gives the messages of each event of a run, in order. Tags are `<stage>/<name>`, so TensorBoard groups them by
 * stage: `train/loss`, `train/validation`, `evaluate/mse`; steps are epochs. A number that is not finite, `null` in an event, is NaN.
 */
export function messagesOfRun(parameters: HyperParameters): (event: RunEvent) => Uint8Array[] {
  const units = new Map<string, string>(), { step, value, ofEpoch, ofStage } = scalars();
  const messages: { [Type in RunEvent["type"]]?: (event: EventOf<Type>) => Uint8Array[] } = {
    run: ({ t, run }) => [
      fileVersion({ t, step: 0 }),
      // What a reader has from an earlier file of the run is replaced by what follows.
      sessionStart({ t, step: 0 }),
      summary({ t, step: 0 }, [hyperParameters(parameters, { group: run, t })]),
    ],
    training({ stage, unit }) {
      units.set(stage, unit);
      return [];
    },
    epoch: (event) => ofEpoch(event, units.get(event.stage)),
    preview({ t, stage, epoch, ...preview }) {
      const picture = previewPicture(preview);
      return picture === undefined ? [] : [summary({ t, step: epoch }, [image(`${stage}/preview`, picture)])];
    },
    health({ t, stage, epoch, activeUnits, split }) {
      if (activeUnits === undefined) return [];
      const units = value(`${stage}/activeUnits`, activeUnits, `latent dimensions, ${split} split`);
      return [summary({ t, step: epoch }, [units])];
    },
    stage: ofStage,
    end: ({ t, status }) => [summary({ t, step: step() }, [sessionEnd(OUTCOMES[status], t)])],
  };
  return (event) => (messages[event.type] as ((event: RunEvent) => Uint8Array[]) | undefined)?.(event) ?? [];
}

/** What an epoch adds to curves: their names, numbers and descriptions. */
function curvesOf(
  { loss, validation, parts = {}, learningRate, klWeight, klTarget, seconds }: Omit<
    EventOf<"epoch">,
    "t" | "stage" | "epoch"
  >,
  unit: string | undefined,
): [name: string, number: number | null | undefined, description?: string][] {
  return [
    ["loss", loss, unit],
    ["validation", validation, unit],
    ...Object.entries(parts).map(([part, number]): [string, number | null, string?] => [part, number, unit]),
    ["learningRate", learningRate],
    ["klWeight", klWeight],
    ["klTarget", klTarget, "nats/sample"],
    ["secondsPerEpoch", seconds, "seconds, validation included"],
  ];
}

/** A metric's unit and direction: `nats/sample, higher is better`. */
function describe(unit: string, direction: Direction): string {
  return direction === "none" ? unit : `${unit}, ${direction} is better`;
}

/** How a run ended, in the words of the hparams plugin: of a run that can be resumed it has none. */
const OUTCOMES = { completed: "success", failed: "failure", stopped: "unknown", crashed: "unknown" } as const;

/** A column per sample: its target, its input where that differs, and its reconstruction. */
function previewPicture(
  { height, width, channels, items }: Pick<EventOf<"preview">, "height" | "width" | "channels" | "items">,
): EncodedPicture | undefined {
  if (items.length === 0) return undefined;
  const tile = (text: string): Tile =>
    tilesOfBytes(Uint8Array.fromBase64(text), { height, width, channels })[0];
  const isCorrupted = items.some(({ target, input }) => target !== input);
  const samples = items.map(({ target, input, output }) => ({
    target: tile(target),
    input: isCorrupted ? tile(input) : undefined,
    output: tile(output),
  }));
  const picture = comparisonSheet(samples, { threshold: null });
  return { height: picture.height, width: picture.width, png: encodePng(picture) };
}

/** The longest text of a hyper-parameter: TensorBoard shows each in a cell of a table. */
const MOST_LETTERS = 500;

/** The leaves of nested options as hyper-parameters: `train.model.latent` 2. Lists and `null` are JSON. */
export function flatParameters(options: unknown, path = ""): Record<string, HyperParameter> {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const isPlain = ["number", "string", "boolean"].includes(typeof options);
    const leaf = isPlain ? options as HyperParameter : JSON.stringify(options);
    return { [path]: typeof leaf === "string" ? leaf.slice(0, MOST_LETTERS) : leaf };
  }
  return Object.assign(
    {},
    ...Object.entries(options).map(([key, inner]) =>
      flatParameters(inner, path === "" ? key : `${path}.${key}`)
    ),
  );
}
