// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />

/**
 * Starts the scripts of a report page.
 *
 * @module
 */
import { scrubPreviews, sortTables, zoomPictures } from "./controls.js";
import { explore } from "./explorer.js";

sortTables();
zoomPictures();
await Promise.all([scrubPreviews(), explore()]);
document.documentElement.dataset.ready = "yes";
