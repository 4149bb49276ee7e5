/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The plane of the two latent dimensions. @module */
import { memo } from "react";
import type { PanelSize } from "../panels/layout.ts";
import { latentLines } from "../panels/latent_plane.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { LatentView } from "../../run/fold/view.ts";
import { Lines } from "./lines.tsx";

/** A title with the scale, and the points. */
export const LatentPanel = memo(function LatentPanel(
  { latent, size: { width, height }, level }: { latent: LatentView; size: PanelSize; level: ColorLevel },
) {
  return <Lines lines={latentLines(latent, { width, height }, level)} width={width} height={height} />;
});
