/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The preview of a vector. @module */
import { memo } from "react";
import { featureLines } from "../panels/features.ts";
import type { PanelSize } from "../panels/layout.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { PreviewView } from "../../run/fold/view.ts";
import { Lines } from "./lines.tsx";

/** The features of the sample at `offset`. */
export const FeaturesPanel = memo(function FeaturesPanel(
  { preview, size, offset, level }: {
    preview: PreviewView;
    size: PanelSize;
    offset: number;
    level: ColorLevel;
  },
) {
  return <Lines lines={featureLines(preview, size, offset, level)} width={size.width} height={size.height} />;
});
