/** The plane of the two latent numbers. @module */
import { memo } from "react";
import type { Size } from "../layout.ts";
import { scatterLines } from "../scatter.ts";
import { count, cut } from "../text.ts";
import { type ColorLevel, paint } from "../theme.ts";
import type { LatentView } from "../view.ts";
import { Lines } from "./lines.tsx";

/** A title and the points. */
export const LatentPanel = memo(function LatentPanel(
  { latent, size: { width, height }, level }: { latent: LatentView; size: Size; level: ColorLevel },
) {
  const title = paint(level, "strong", cut(`latent space, epoch ${count(latent.epoch)}`, width));
  return (
    <Lines
      lines={[title, ...scatterLines(latent, { width, height: height - 1, level })]}
      width={width}
      height={height}
    />
  );
});
