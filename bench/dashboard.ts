// deno-lint-ignore-file no-console -- a bench prints.

/**
 * What the dashboard costs: the same training with `--ui tui` in a pseudo-terminal and with `--ui off`, interleaved; and how soon the
 * first frame stands. Needs `script` of util-linux.
 *
 *     deno run -A bench/dashboard.ts [pairs]
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url).pathname;
const pairs = Number(Deno.args[0] ?? 5);
const TASK = config.tasks.run.command.split(" ").slice(1);
const JOBS = {
  "digits: load.source.limit=20000, 3 epochs": [
    "bench/main_job.ts",
    ...["load.source.limit=20000", "load.source.testLimit=100", "train.epochs=3", 'evaluate.splits=["test"]'],
  ],
  "glyphs: 4,000 epochs of one small step": [
    "pipelines/glyphs-ae.ts",
    "train.epochs=4000",
    "train.patience=null",
    "train.until=null",
  ],
};

/** One run: seconds of training, and milliseconds until the first frame. */
async function measure(
  job: readonly string[],
  ui: "tui" | "off",
): Promise<{ seconds: number; firstFrame: number }> {
  const runs = `runs/bench-${crypto.randomUUID().slice(0, 8)}`;
  const [file, ...settings] = job;
  const args = [
    ...TASK,
    file,
    "--ui",
    ui,
    "--runs",
    runs,
    ...settings.flatMap((setting) => ["--set", setting]),
  ];
  const quoted = [Deno.execPath(), ...args].map((word) => `'${word}'`).join(" ");
  const started = performance.now();
  const process = new Deno.Command("script", {
    args: ["-qefc", `stty rows 24 cols 80; exec ${quoted}`, "/dev/null"],
    cwd: ROOT,
    env: { TERM: "xterm-256color", CI: "" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let firstFrame = NaN;
  const decoder = new TextDecoder();
  for await (const chunk of process.stdout) {
    if (Number.isNaN(firstFrame) && decoder.decode(chunk).includes("load")) {
      firstFrame = performance.now() - started;
    }
  }
  const { code } = await process.status;
  if (code !== 0) throw new Error(`The run must succeed: exit code ${code}`);
  const [{ name: pipeline }] = [...Deno.readDirSync(`${ROOT}${runs}`)].filter(({ name }) =>
    !name.startsWith(".")
  );
  const [{ name }] = [...Deno.readDirSync(`${ROOT}${runs}/${pipeline}`)];
  const metrics = JSON.parse(
    Deno.readTextFileSync(`${ROOT}${runs}/${pipeline}/${name}/artifacts/metrics.json`),
  );
  await Deno.remove(`${ROOT}${runs}`, { recursive: true });
  return { seconds: metrics.train.seconds, firstFrame };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

for (const [name, job] of Object.entries(JOBS)) {
  const ratios: number[] = [], frames: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // The order alternates, so that a machine that warms up or slows down favours neither.
    const order = pair % 2 === 0 ? ["off", "tui"] as const : ["tui", "off"] as const;
    const seconds = { off: 0, tui: 0 };
    for (const ui of order) {
      const measured = await measure(job, ui);
      seconds[ui] = measured.seconds;
      if (ui === "tui") frames.push(measured.firstFrame);
    }
    ratios.push(seconds.tui / seconds.off);
  }
  console.log(
    `${name}: training with the dashboard takes ${
      median(ratios).toFixed(3)
    } of the time without (median of ${pairs} pairs, ${Math.min(...ratios).toFixed(3)} to ${
      Math.max(...ratios).toFixed(3)
    }); first frame after ${median(frames).toFixed(0)} ms`,
  );
}
