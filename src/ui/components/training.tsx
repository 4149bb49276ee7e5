/** The loss curves, and the numbers beside them. @module */
import { memo } from "react";
import { chartScale, lossChart } from "../chart.ts";
import { type Comparison, otherTraining } from "../compare.ts";
import type { Size } from "../layout.ts";
import { chartTitle, numberLines } from "../numbers.ts";
import { stageListLines } from "../panels.ts";
import type { ColorLevel } from "../theme.ts";
import type { TrainingView, View } from "../view.ts";
import { Lines } from "./lines.tsx";

/** A title and the curves. */
export const LossPanel = memo(function LossPanel(
  { training, size: { width, height }, level, compare }: {
    training: TrainingView;
    size: Size;
    level: ColorLevel;
    compare: Comparison | undefined;
  },
) {
  const other = compare === undefined ? undefined : otherTraining(compare, training);
  const logarithmic = chartScale(training, other)?.logarithmic ?? false;
  const title = chartTitle(training, logarithmic, { width, level, now: 0 });
  const chart = height < 3 ? [] : lossChart(training, { width, height: height - 1, level, other });
  return <Lines lines={[title, ...chart]} width={width} height={height} />;
});

/** The numbers of the last epoch with the patience gauge; where there is room, all stages. */
export function NumbersPanel(
  { view, training, size: { width, height }, stageList, level, now, compare }: {
    view: View;
    training: TrainingView;
    size: Size;
    stageList: boolean;
    level: ColorLevel;
    now: number;
    compare: Comparison | undefined;
  },
) {
  const look = { width, level, now };
  // The list of stages is whole; what describes the model stands last among the numbers and gives way.
  const room = stageList ? height - view.stages.length - 1 : height;
  const numbers = numberLines(training, look, compare).slice(0, room);
  const list = stageList ? stageListLines(view, height - numbers.length - 1, look) : [];
  const lines = list.length > 0 ? [...numbers, "", ...list] : numbers;
  return <Lines lines={lines} width={width} height={height} />;
}
