/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The panels between header and footer: curves, numbers, latent space and pictures. @module */
import { countText } from "../../core/amounts.ts";
import { Box } from "ink";
import { stageListLines } from "../panels/panels.ts";
import { paint } from "../terminal/theme.ts";
import { currentTraining } from "../../run/fold/view.ts";
import type { PartProps } from "./frame_props.ts";
import { FeaturesPanel } from "./features.tsx";
import { LatentPanel } from "./latent.tsx";
import { Lines } from "./lines.tsx";
import { PicturesPanel } from "./pictures.tsx";
import { LossPanel, NumbersPanel } from "./training.tsx";

/** The panels that have data. */
export function Panels({ view, calm, layout, choices, color: level, now, compare }: PartProps) {
  const training = currentTraining(view);
  const { chart, numbers, stageList, pictures, features, latent, width } = layout;
  if (training === undefined) {
    return (
      <Lines lines={["", ...stageListLines(view, chart.height - 1, { width, level, now })]} width={width} />
    );
  }
  const plane = latent === undefined
    ? null
    : <LatentPanel latent={view.latent!} size={latent} level={level} />;
  const epoch = pictures === undefined && features === undefined
    ? ""
    : `after epoch ${countText(view.preview!.epoch)}`;
  return (
    <>
      <Box height={chart.height} flexShrink={0} columnGap={3} overflow="hidden">
        <LossPanel
          training={currentTraining(calm) ?? training}
          size={chart}
          level={level}
          compare={compare}
        />
        {latent?.place === "top" && plane}
        <NumbersPanel {...{ view, training, stageList, level, now, compare }} size={numbers} />
      </Box>
      {layout.gap && <Lines lines={[paint(level, "faint", epoch)]} width={width} />}
      <Box flexGrow={1} columnGap={3} overflow="hidden">
        {pictures && (
          <PicturesPanel preview={view.preview!} layout={pictures} offset={choices.offset} level={level} />
        )}
        {features && (
          <FeaturesPanel preview={view.preview!} size={features} offset={choices.offset} level={level} />
        )}
        {latent?.place === "bottom" && plane}
      </Box>
    </>
  );
}
