/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The loss curves, and the numbers next to them. @module */
import { memo } from "react";
import { chartScale, lossChart } from "../drawing/chart.ts";
import { type Comparison, otherTraining } from "../view/comparison.ts";
import type { PanelSize } from "../panels/layout.ts";
import { chartTitle, numberLines } from "../panels/numbers.ts";
import { stageListLines } from "../panels/panels.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { TrainingView, View } from "../../run/fold/view.ts";
import { Lines } from "./lines.tsx";

/** A title and the curves. */
export const LossPanel = memo(function LossPanel(
  { training, size: { width, height }, level, compare }: {
    training: TrainingView;
    size: PanelSize;
    level: ColorLevel;
    compare: Comparison | undefined;
  },
) {
  const other = compare === undefined ? undefined : otherTraining(compare, training);
  const logarithmic = chartScale(training, other)?.logarithmic ?? false;
  const title = chartTitle(training, logarithmic, { width, level });
  const chart = height < 3 ? [] : lossChart(training, { width, height: height - 1, level, other });
  return <Lines lines={[title, ...chart]} width={width} height={height} />;
});

/** The numbers of the last epoch with the patience gauge and, if they fit, all stages. */
export function NumbersPanel(
  { view, training, size: { width, height }, stageList, level, now, compare }: {
    view: View;
    training: TrainingView;
    size: PanelSize;
    stageList: boolean;
    level: ColorLevel;
    now: number;
    compare: Comparison | undefined;
  },
) {
  const style = { width, level, now };
  // The list of stages is shown in full; the description of the model, last of the numbers, is cut if necessary.
  const room = stageList ? height - view.stages.length - 1 : height;
  const numbers = numberLines(training, style, compare).slice(0, room);
  const list = stageList ? stageListLines(view, height - numbers.length - 1, style) : [];
  const lines = list.length > 0 ? [...numbers, "", ...list] : numbers;
  return <Lines lines={lines} width={width} height={height} />;
}
