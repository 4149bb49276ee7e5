/** Sweeps as views, for tests of rankings, pages and screens. @module */
import type { TrialCurve } from "../../src/sweep/curves.ts";
import type { SweepView, TrialView } from "../../src/sweep/view.ts";

/** What `evaluate.mse` states of itself. */
export const MSE = { unit: "squared error/pixel", direction: "lower", split: "test" } as const;

/** A trial that waits. */
export function fakeTrial(number: number, more: Partial<TrialView> = {}): TrialView {
  return {
    id: number.toString(16).padStart(16, "0"),
    number,
    label: "as it is",
    settings: {},
    seed: 1,
    cost: 1e9,
    state: "waiting",
    run: null,
    folder: null,
    reason: null,
    metrics: null,
    training: null,
    seconds: null,
    ...more,
  };
}

/** A complete trial with its mean squared error. */
export function completeTrial(number: number, mse: number, more: Partial<TrialView> = {}): TrialView {
  return fakeTrial(number, {
    state: "complete",
    run: `20261129-0900${String(number % 60).padStart(2, "0")}-${(0xabcd + number).toString(16)}`,
    metrics: { evaluate: { mse } },
    training: { epoch: 40, epochs: 40, best: 10 * mse, secondsLeft: null },
    seconds: 12,
    ...more,
  });
}

/** A view of trials, ranked by their mean squared error. */
export function fakeView(trials: readonly TrialView[]): SweepView {
  return {
    sweep: "4f2a77b10c1d9e0f",
    pipeline: "glyphs-dae",
    trials,
    planned: trials.length,
    paths: Object.keys(trials[0]?.settings ?? {}),
    metric: { address: "evaluate.mse", info: MSE },
  };
}

/** A number in [0, 1) that is a function of two whole numbers. */
const drawn = (at: number, axis: number) =>
  (0.5 + at * [0.7548776662, 0.5698402910, 0.3247][axis] + 0.37 * axis) % 1;

/** A random search: a learning rate, a latent size, an optimizer; the rate matters most, and a large one fails. */
export function searchView(settings: number, seeds = 2): SweepView {
  const trials = Array.from({ length: settings * seeds }, (_, place) => {
    const at = Math.floor(place / seeds), seed = 1 + place % seeds;
    const rate = Number((10 ** (-4 + 3 * drawn(at, 0))).toPrecision(4));
    const latent = [2, 4, 8, 16, 32][Math.floor(5 * drawn(at, 1))];
    const optimizer = ["adam", "sgd", "momentum"][Math.floor(3 * drawn(at, 2))];
    const values = {
      "train.optimizer.learningRate": rate,
      "train.model.latent": latent,
      "train.optimizer": { kind: optimizer },
    };
    const label = `learningRate ${rate}, latent ${latent}, optimizer ${optimizer}`;
    const own = { label, settings: values, seed };
    if (rate > 0.09) {
      return fakeTrial(place + 1, {
        ...own,
        state: "failed",
        reason: "the loss is not finite in epoch 3",
        seconds: 1,
      });
    }
    const mse = 0.02 + 0.01 * (Math.log10(rate) + 2.2) ** 2 + 0.03 / latent +
      (optimizer === "sgd" ? 0.006 : 0) + 0.002 * drawn(place, 1);
    return completeTrial(place + 1, mse, own);
  });
  return fakeView(trials);
}

/** Curves that fall to the trials' losses. */
export function curvesOf({ trials }: SweepView, most = 300): TrialCurve[] {
  return trials.filter(({ training }) => training !== null).slice(0, most).map(({ id, training }, at) => {
    const { epoch, best } = training!, epochs = Array.from({ length: epoch }, (_, place) => place + 1);
    const losses = epochs.map((now) =>
      best! * (1 + 6 * Math.exp(-now / (3 + 5 * drawn(at, 0))) + 0.02 * drawn(now, 1))
    );
    return { trial: id, of: "validation, nats/sample", epochs, losses };
  });
}
