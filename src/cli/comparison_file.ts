/** Files of comparisons: each has a new name, so that none replaces another, and `latest.html` links to the newest. @module */
import { writeFileAtomically } from "../core/files.ts";

/** The folder of comparisons, in the folder of runs. */
const FOLDER = "comparisons", NEWEST = "latest.html";
/** The maximum number of pipelines and of letters in a file name. */
const MOST_NAMES = 3, LONGEST = 80;

/** A new file, named by time and by the pipelines compared: `comparisons/20261128-210512-mnist-vae-vs-mnist-ae.html`. */
export async function newComparisonFile(root: string, runs: readonly string[], now: Date): Promise<string> {
  const folder = `${root}/${FOLDER}`;
  await Deno.mkdir(folder, { recursive: true });
  const time = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const name = `${folder}/${time}-${await comparedText(runs)}`;
  for (let copy = 1;; copy++) {
    const file = `${name}${copy === 1 ? "" : `-${copy}`}.html`;
    if (!await exists(file)) return file;
  }
}

/** Makes `comparisons/latest.html` redirect to a comparison; returns its path. */
export async function linkNewest(file: string): Promise<string> {
  const [, folder, name] = /^(.*)\/([^/]*)$/.exec(file)!, address = encodeURIComponent(name);
  const page = `<!doctype html>
<meta charset="utf-8">
<title>Newest comparison</title>
<meta http-equiv="refresh" content="0; url=${address}">
<a href="${address}">${decodeURIComponent(address)}</a>
`;
  await writeFileAtomically(`${folder}/${NEWEST}`, page);
  return `${folder}/${NEWEST}`;
}

/** `mnist-vae-vs-mnist-ae`, `mnist-vae-3-runs`: the descriptive part of a file's name. */
async function comparedText(runs: readonly string[]): Promise<string> {
  const parents = await Promise.all(
    runs.map(async (run) => (await Deno.realPath(run)).split("/").at(-2) ?? ""),
  );
  const names = [...new Set(parents.map((name) => name.replace(/[^\p{L}\p{N}._-]+/gu, "-")))];
  const rest = names.length - MOST_NAMES;
  const text = names.length === 1
    ? `${names[0]}-${runs.length}-runs`
    : names.slice(0, MOST_NAMES).join("-vs-") + (rest > 0 ? `-and-${rest}-more` : "");
  return [...text].slice(0, LONGEST).join("");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
