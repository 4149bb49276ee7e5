/**
 * The arithmetic in the text of scale.md: prints its sentences with their numbers. A test looks for them on the page.
 *
 *     deno run -A --no-lock docs/scale_texts.ts
 *
 * @module
 */
import { show } from "../bench/note.ts";
import { bytesText, countText } from "../src/core/amounts.ts";
import {
  checkpointOf,
  costOf,
  ETHERNET,
  FABRIC,
  FAILURE,
  FLOP_RATE,
  IMAGES,
  MANY,
  MODELS,
  RANKS,
  seconds,
  TRIALS,
} from "./scale_figures.ts";

/** Images of a batch up to which ImageNet trained as well as with small ones (Goyal et al. 2017). */
const BATCH = 8192;
/** Operations per second in bfloat16 (NVIDIA's data sheet). */
const A100 = 312e12;

const hours = (value: number) => countText(value / 3600);

/** What the text about sweeps states, as it stands there. */
function sweepTexts(): string[] {
  const [all] = TRIALS;
  return [
    `${countText(MANY)} results take ${countText(MANY)} x 3 x 1 ms / 16 = ${
      countText(MANY * 3 * 0.001 / 16)
    } s more`,
    `${countText(MANY)} files more would have taken ${MANY * 0.1e-3} to ${MANY * 0.5e-3} s more`,
    `1,000 shards with trials of one minute start ${countText(1000 / 60)} per second`,
    `1,000 shards with trials of two seconds start ${countText(1000 / 2)}: neither does`,
    `a quota counts: ${((all.files + all.folders) * MANY / 1e6).toFixed(1)} million files and folders`,
    `10,000 trials of one second on 16 CPUs, where ${countText(10_000 / 16)} s are possible`,
  ];
}

/** What the text about the sum and the limits of 1,000 ranks states. */
function rankTexts(): string[] {
  const [model, resnet] = MODELS, perImage = model.flops / FLOP_RATE, bytes = 4 * model.parameters;
  const equalAt = countText(bytes / (ETHERNET.latency * ETHERNET.bandwidth));
  const sums = [FABRIC, ETHERNET].map((network) => seconds(costOf(model, network, RANKS).sum));
  const rows = Math.floor(BATCH / RANKS),
    shares = [FABRIC, ETHERNET].map((network) => {
      const { compute, total } = costOf({ ...model, rows: BATCH / 100 }, network, 100);
      return `${(100 * compute / total).toFixed(0)} %`;
    });
  const gpu = IMAGES * resnet.flops / (A100 / 3), step = costOf(resnet, FABRIC, RANKS).total;
  return [
    `${(model.parameters / 1e6).toFixed(1)} million parameters, M = ${(bytes / 1e6).toFixed(1)} MB`,
    `both terms are equal at \`R = M / (a B)\`, ${equalAt} ranks`,
    `f = ${FLOP_RATE / 1e9} GFLOP/s`,
    `1,000 ranks are ${countText(2 * RANKS)} cores`,
    `With ${countText(BATCH)} images a rank of step E has ${rows} images: ${
      seconds(Number((rows * perImage).toPrecision(2)))
    } of computing, ${sums[0]} (fabric) or ${sums[1]} (Ethernet) of summing`,
    `100 ranks of ${countText(BATCH / 100)} images compute ${shares[0]} of a step (fabric) or ${
      shares[1]
    } (Ethernet)`,
    `1,000 ranks compute ${FLOP_RATE * RANKS / 1e12} TFLOP/s`,
    `an epoch of the second model takes ${hours(gpu)} hours on one GPU and ${
      hours(gpu / 8)
    } hours on eight, and ${hours(IMAGES / (RANKS * resnet.rows) * step)} hours on the 2,000 cores`,
  ];
}

/** What the text about data and checkpoints states. */
function dataTexts(): string[] {
  const [model] = MODELS, image = 64 * 64 * 3, read = model.rows * image;
  const step = costOf(model, FABRIC, RANKS).total;
  return [
    `one of 1,000 fails every ${hours(FAILURE)} hours`,
    `64 x 64 x 3 bytes each are ${bytesText(IMAGES * image)}, ${bytesText(IMAGES * image / RANKS)} a rank`,
    `A step of ${seconds(step)} reads ${bytesText(read)} a rank, ${(read / step / 1e6).toFixed(1)} MB/s, ${
      (RANKS * read / step / 1e9).toFixed(1)
    } GB/s for all`,
    `1e9 metadata operations an epoch, ${hours(IMAGES / 15_000)} hours at 15,000 per second`,
    `A billion parameters are ${bytesText(checkpointOf({ ...model, parameters: 1e9 }))}`,
  ];
}

/** All texts with computed numbers. */
export const scaleTexts = (): string[] => [...sweepTexts(), ...rankTexts(), ...dataTexts()];

if (import.meta.main) show(scaleTexts().join("\n"));
