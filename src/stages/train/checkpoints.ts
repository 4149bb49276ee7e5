/** What a training writes to disk: its checkpoints and its best weights. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import { encodeModel } from "../../models/tensors.ts";
import type { TrainedModel } from "../../models/trained.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import type { Checkpointer, FitResult } from "../../training/contract.ts";
import { TrainingState } from "../../training/snapshot.ts";
import type { TrainSettings } from "./settings.ts";
import type { Reported } from "./health.ts";

/** The checkpoints of the run for the epoch loop; what was reported is saved with its state. */
export function checkpointsOf(
  settings: TrainSettings,
  context: StageContext,
  reported: Reported,
): Checkpointer {
  const { found, due, save } = context.checkpoints(settings.checkpoint);
  const { isCollapseReported = false, ...state } = (found?.state ?? {}) as { isCollapseReported?: boolean };
  reported.collapse = isCollapseReported;
  return {
    found: found && { state: TrainingState.parse(state), blocks: found.blocks },
    due(epoch) {
      const isDue = due(epoch), { everyEpochs } = settings.checkpoint;
      // Those by the clock are not logged: their times depend on the machine.
      if (epoch !== undefined && everyEpochs !== null && epoch % everyEpochs === 0) {
        context.emit({ type: "checkpoint", epoch, file: `checkpoints/${context.name}.last.safetensors` });
      }
      return isDue;
    },
    save: (state, blocks) => save({ ...state, isCollapseReported: reported.collapse }, blocks),
  };
}

/** Writes the best weights, however the training ended, and reports one that failed. */
export async function keepWeights(
  model: TrainedModel,
  result: FitResult,
  context: StageContext,
): Promise<void> {
  const file = `${context.name}.safetensors`;
  const { outcome, epochs, lastLoss, patience: { bestEpoch }, divergence, error } = result;
  const isBroken = outcome === "failed" || outcome === "diverged";
  const weights = bestEpoch === 0 ? "the first weights" : `the weights of epoch ${bestEpoch}`;
  let kept = `${weights} are in checkpoints/${file}`;
  try {
    await context.writeCheckpoint(file, encodeModel(model));
  } catch (thrown) {
    // A full disk: what broke the training is what matters, and most likely it was that.
    if (!isBroken) throw thrown;
    kept = `${weights} could not be written`;
  }
  if (outcome === "failed") throw new RunError(`${messageOf(error)} (${kept})`, { cause: error });
  if (divergence !== undefined) {
    context.emit({ type: "divergence", ...divergence });
    throw new RunError(
      `loss must be a finite number, got ${lastLoss} in epoch ${
        epochs + 1
      }, batch ${divergence.batch} (step ${divergence.step}); ${divergence.message} (${kept}; a smaller learningRate or a clipNorm helps)`,
    );
  }
}
