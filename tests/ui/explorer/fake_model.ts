/** Synthetic models to explore: ten digits on a circle of a plane or of a larger space, and no files. @module */
import { linearPath, sphericalPath } from "../../../src/analysis/latent/latent_space.ts";
import { fillNormal } from "../../../src/core/random.ts";
import type { ExplorerModel, ExplorerSamples } from "../../../src/ui/explorer/model.ts";
import { digit } from "../fake_digits.ts";

const DIGITS = Array.from({ length: 10 }, (_, value) => digit(value));

/** Where the class of a digit lies: on a circle of radius 2 in the first two dimensions. */
export function centre(value: number, latent = 2): number[] {
  const angle = value * Math.PI / 5;
  return Array.from(
    { length: latent },
    (_, k) => k > 1 ? 0 : 2 * (k === 0 ? Math.cos(angle) : Math.sin(angle)),
  );
}

function normals(sample: number, latent: number): number[] {
  const numbers = new Float32Array(latent);
  fillNormal(numbers, 1, latent, [sample], { seed: 7, stream: "preview", epoch: 0 });
  return Array.from(numbers);
}

/** Images 0 to 199, of which the digit is the number modulo 10, each a little off the centre of its class. */
export function fakeSamples(latent = 2): ExplorerSamples {
  const count = 200;
  const point = (index: number) => {
    const off = normals(index, latent);
    return centre(index % 10, latent).map((value, k) => Math.fround(value + 0.3 * off[k]));
  };
  return {
    noun: "test image",
    count,
    latents: Float32Array.from(Array.from({ length: count }, (_, index) => point(index)).flat()),
    labels: Array.from({ length: count }, (_, index) => index % 10),
    labelNames: DIGITS.map((_, value) => String(value)),
    means: DIGITS.map((_, value) => centre(value, latent)),
    point,
    caption: (index) => String(index % 10),
    image: (index) => DIGITS[index % 10],
  };
}

/** The model; what is given replaces a part of it. */
export function fakeModel(latent = 2, parts: Partial<ExplorerModel> = {}): ExplorerModel {
  return {
    title: ["digits", `vae 784-${latent}-784`, "20261124-064405-8729", "artifacts/model/model.safetensors"],
    latent,
    order: Array.from({ length: latent }, (_, k) => k),
    height: 28,
    width: 28,
    unit: 1,
    decode,
    samples: fakeSamples(latent),
    notice: null,
    source: "the prior",
    draw: (number) => normals(1000 + number, latent),
    path: (name, from, to, steps) =>
      ({ linear: linearPath, spherical: sphericalPath })[name](from, to, steps),
    writePicture: () => Promise.resolve("runs/digits/20261124-064405-8729/artifacts/explore-001.png"),
    writeAnimation: () => Promise.resolve("runs/digits/20261124-064405-8729/artifacts/explore-002.gif"),
    ...parts,
  };
}

/** The digits, each the brighter the nearer its class is. */
function decode(point: readonly number[]): Uint8Array {
  const shares = DIGITS.map((_, value) => {
    const [x, y] = centre(value);
    return Math.exp(-2 * ((point[0] - x) ** 2 + ((point[1] ?? 0) - y) ** 2));
  });
  const all = shares.reduce((sum, share) => sum + share, 1e-9);
  return Uint8Array.from(
    DIGITS[0],
    (_, pixel) =>
      Math.round(shares.reduce((sum, share, value) => sum + share / all * DIGITS[value][pixel], 0)),
  );
}
