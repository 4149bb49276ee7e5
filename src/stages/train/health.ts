/** Reports whether the latent space of a training is in use, and warns once when it has collapsed. @module */
import { codebookCollapse, collapse } from "../../analysis/latent/collapse.ts";
import { healthMeter, type LatentHealth } from "../../analysis/latent/health.ts";
import { isPreviewed, lastPreviewed } from "../../analysis/reconstruction/preview.ts";
import type { Split } from "../../data/dataset.ts";
import type { Engine, Floats } from "../../engine/engine.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import { hasCodebook } from "../../models/codebook.ts";
import type { FitResult } from "../../training/contract.ts";
import type { TrainSettings } from "./settings.ts";

/** What is reported once per training. */
export interface Reported {
  collapse: boolean;
}

/** The training whose health is reported. */
interface Examined {
  readonly engine: Engine;
  readonly settings: TrainSettings;
  readonly train: Split;
  readonly validation?: Split;
  readonly context: StageContext;
  /** What was reported already, so that a resumed training does not repeat it. */
  readonly reported: Reported;
}

/** Reports the health of a training. */
export interface HealthReporter {
  /** That of the weights after an epoch. */
  epoch(epoch: number, parameters: Floats): void;
  /** That of the weights that the training returns, where no event has reported it with the same verdict. */
  end(fitted: FitResult): void;
}

/** Prepares the reports on the latent space of a training. */
export function healthReporter(
  { engine, settings, train, validation, context, reported }: Examined,
): HealthReporter {
  const { model } = settings;
  const meter = healthMeter({ engine, spec: model, split: validation ?? train });

  function collapseOf(measured: LatentHealth, epoch: number, isEnd = false): string | undefined {
    const steps = epoch * Math.ceil(train.count * settings.repeats / settings.batchSize);
    const progress = { epoch, steps, isEnd };
    if (hasCodebook(model)) return codebookCollapse(measured, model, progress);
    return model.kind === "vae" ? collapse(measured, model, progress) : undefined;
  }
  function report(epoch: number, measured: LatentHealth, message: string | undefined): void {
    const split = validation === undefined ? "train" : "validation";
    context.emit({ type: "health", epoch, split, ...measured, collapse: message });
    if (message === undefined || reported.collapse) return;
    reported.collapse = true;
    context.emit({ type: "warning", message });
  }
  return {
    epoch(epoch, parameters) {
      const measured = meter.measure(parameters);
      report(epoch, measured, collapseOf(measured, epoch));
    },
    end({ parameters, epochs, patience: { bestEpoch } }) {
      if (bestEpoch > 0) {
        const measured = meter.measure(parameters), message = collapseOf(measured, bestEpoch, true);
        // From the epochs alone, not from what this process has emitted, so that a resumed training reports the same.
        const isReported = isPreviewed(bestEpoch) && lastPreviewed(epochs) === bestEpoch &&
          collapseOf(measured, bestEpoch) === message;
        if (!isReported) report(bestEpoch, measured, message);
      }
      meter.close();
    },
  };
}
