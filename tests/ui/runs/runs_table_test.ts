import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { age, size } from "../../../src/ui/text/amounts.ts";
import {
  chosenPlace,
  handleRunsKey,
  type RunsChoices,
  type RunsCommand,
} from "../../../src/ui/runs/handle_runs_key.ts";
import { initialView } from "../../../src/run/fold/fold.ts";
import { reduce } from "../../../src/ui/view/reduce.ts";
import { rowOf, type RunRow } from "../../../src/ui/runs/run_row.ts";
import { renderRuns, startRunsTable } from "../../../src/ui/screens/runs_screen.tsx";
import { rowSentence, runsTable } from "../../../src/ui/runs/runs_table.ts";
import { displayWidth } from "../../../src/ui/text/text.ts";
import { digitRun, glyphRun, untilEpoch } from "../fake_run.ts";
import { fakeTerminal, pause, shown } from "../fake_terminal.ts";

const digits = untilEpoch(digitRun(), 26).reduce(reduce, initialView());
const glyphs = glyphRun().reduce(reduce, initialView());
const row: RunRow = { ...rowOf(digits, digits.at + 600), size: 34_500_000, host: "lab-3" };
const ROWS: RunRow[] = [
  row,
  { ...rowOf(glyphs, digits.at + 90_000), size: 812_000, host: "lab-3" },
  {
    ...row,
    id: "20261122-030000-0c1d",
    status: "crashed",
    epoch: 3,
    best: null,
    secondsLeft: null,
    age: 90_000,
  },
  {
    ...row,
    id: "20261121-030000-9e0f",
    pipeline: "faces",
    status: "stopped",
    epoch: null,
    secondsLeft: null,
    age: 200_000,
  },
];

Deno.test("rowOf makes a row from the events of a run", () => {
  deepEqual(rowOf(digits, digits.at), {
    id: "20261123-220700-77b1",
    pipeline: "mnist-vae-2d",
    status: "running",
    epoch: 26,
    epochs: 60,
    best: digits.trainings[0].last!.best,
    monitor: "validation",
    unit: "nats/sample",
    secondsLeft: rowOf(digits, digits.at).secondsLeft,
    age: 101.71,
  });
  equal(Math.round(rowOf(digits, digits.at).secondsLeft!), 133, "34 epochs of 3.9 s");
  deepEqual([rowOf(glyphs, glyphs.at).status, rowOf(glyphs, glyphs.at).secondsLeft], ["completed", null]);
  deepEqual([rowOf(initialView(), 5).epoch, rowOf(initialView(), 5).age], [null, 0]);
});

const TABLES: [width: number, lines: string[]][] = [
  [
    200,
    `\
  status     pipeline      run                         epoch     best  of                        ETA    started    size  host
● running    mnist-vae-2d  20261123-220700-77b1        26/60  147.680  validation, nats/sample  2:12  1 min ago   35 MB  lab-3
✔ completed  glyphs-dae    20261123-220700-4f2a  3,000/3,000  0.61629  loss, nats/sample              3 min ago  812 kB  lab-3
! crashed    mnist-vae-2d  20261122-030000-0c1d         3/60                                            1 d ago   35 MB  lab-3
■ stopped    faces         20261121-030000-9e0f               147.680  validation, nats/sample          2 d ago   35 MB  lab-3`
      .split("\n"),
  ],
  [
    120,
    `\
  status     pipeline      run                         epoch     best   ETA    started    size  host
● running    mnist-vae-2d  20261123-220700-77b1        26/60  147.680  2:12  1 min ago   35 MB  lab-3
✔ completed  glyphs-dae    20261123-220700-4f2a  3,000/3,000  0.61629        3 min ago  812 kB  lab-3
! crashed    mnist-vae-2d  20261122-030000-0c1d         3/60                   1 d ago   35 MB  lab-3
■ stopped    faces         20261121-030000-9e0f               147.680          2 d ago   35 MB  lab-3`
      .split("\n"),
  ],
  [
    80,
    `\
  status     pipeline      run         epoch     best   ETA    started
● running    mnist-vae-2d  77b1        26/60  147.680  2:12  1 min ago
✔ completed  glyphs-dae    4f2a  3,000/3,000  0.61629        3 min ago
! crashed    mnist-vae-2d  0c1d         3/60                   1 d ago
■ stopped    faces         9e0f               147.680          2 d ago`.split("\n"),
  ],
  [
    60,
    `\
   pipeline      run         epoch     best   ETA    started
●  mnist-vae-2d  77b1        26/60  147.680  2:12  1 min ago
✔  glyphs-dae    4f2a  3,000/3,000  0.61629        3 min ago
!  mnist-vae-2d  0c1d         3/60                   1 d ago
■  faces         9e0f               147.680          2 d ago`.split("\n"),
  ],
  [
    59,
    `\
   pipeline      run         epoch     best   ETA
●  mnist-vae-2d  77b1        26/60  147.680  2:12
✔  glyphs-dae    4f2a  3,000/3,000  0.61629
!  mnist-vae-2d  0c1d         3/60
■  faces         9e0f               147.680`.split("\n"),
  ],
  [
    40,
    `\
   pipeline      run         epoch
●  mnist-vae-2d  77b1        26/60
✔  glyphs-dae    4f2a  3,000/3,000
!  mnist-vae-2d  0c1d         3/60
■  faces         9e0f`.split("\n"),
  ],
  [
    12,
    `\
pipeline
mnist-vae-2d
glyphs-dae
mnist-vae-2d
faces`.split("\n"),
  ],
];
for (const [width, lines] of TABLES) {
  Deno.test(`runsTable fits ${width} columns`, () => {
    const table = runsTable(ROWS, { width, level: 0 });
    deepEqual(table, lines);
  });
}

Deno.test("runsTable marks the chosen run and keeps it in sight", () => {
  const many = Array.from({ length: 50 }, (_, index) => ({ ...row, id: `20261123-220700-${1000 + index}` }));
  const idsAt = (chosen: number) =>
    runsTable(many, { width: 60, level: 0, chosen, height: 5 }).slice(1)
      .map((line) => `${line[0]}${/10\d\d/.exec(line)![0]}`.trim());
  deepEqual(idsAt(0), ["›1000", "1001", "1002", "1003"]);
  deepEqual(idsAt(25), ["1023", "1024", "›1025", "1026"]);
  deepEqual(idsAt(49), ["1046", "1047", "1048", "›1049"]);
});

Deno.test("runsTable is as wide with colours, and never wider than its place", () => {
  const hostile = {
    ...row,
    pipeline: `evil\u001b[2J${"日本".repeat(20)}`,
    host: "h\u0007".repeat(40),
    id: "x",
  };
  for (let width = 1; width < 200; width += 7) {
    for (const level of [0, 2] as const) {
      for (const line of runsTable([...ROWS, hostile], { width, level, chosen: 1 })) {
        equal(displayWidth(line) <= Math.max(3, width), true, `${width}: ${line}`);
        // deno-lint-ignore no-control-regex
        equal(/[\u0000-\u001a\u001c-\u001f]|\u001b(?!\[[\d;]*m)/.test(line), false);
      }
    }
  }
});

Deno.test("runsTable says that there are no runs", () => {
  deepEqual(runsTable([], { width: 60, level: 0 }), ["no runs yet"]);
});

Deno.test("rowSentence describes a run in a sentence", () => {
  equal(
    rowSentence(row),
    "mnist-vae-2d 77b1 running, started 1 min ago, epoch 26 of 60, best 147.680, ETA 2 min",
  );
});

Deno.test("age and size are short", () => {
  deepEqual([0, 59, 60, 3599, 3600, 86_399, 86_400, 1e7].map(age), [
    "0 s",
    "59 s",
    "1 min",
    "59 min",
    "1 h",
    "23 h",
    "1 d",
    "115 d",
  ]);
  deepEqual([0, 999, 1000, 9949, 12_345, 999_600, 5_400_000_000].map(size), [
    "0 B",
    "999 B",
    "1.0 kB",
    "9.9 kB",
    "12 kB",
    "1.0 MB",
    "5.4 GB",
  ]);
});

const KEYS: { name: string; keys: string[]; chosen: number; asking?: boolean; commands: RunsCommand[] }[] = [
  { name: "begins at the first", keys: [], chosen: 0, commands: [] },
  { name: "goes down and up", keys: ["down", "down", "up"], chosen: 1, commands: [] },
  { name: "goes no further than the ends", keys: ["up", "j", "j", "j", "j", "j"], chosen: 3, commands: [] },
  { name: "opens the chosen run", keys: ["down", "return"], chosen: 1, commands: ["open"] },
  { name: "asks before it stops a run", keys: ["s"], chosen: 0, asking: true, commands: [] },
  { name: "stops it after the epoch", keys: ["s", "s"], chosen: 0, commands: ["stop-epoch"] },
  { name: "stops it after the batch", keys: ["s", "b"], chosen: 0, commands: ["stop-batch"] },
  { name: "cancels the question at escape", keys: ["s", "escape"], chosen: 0, commands: [] },
  { name: "does not leave while it asks", keys: ["s", "q"], chosen: 0, commands: [] },
  { name: "stops only what runs", keys: ["down", "s", "s"], chosen: 1, commands: [] },
  { name: "leaves at q", keys: ["q"], chosen: 0, commands: ["quit"] },
  {
    name: "leaves at Ctrl-C, even while it asks",
    keys: ["s", "ctrl-c"],
    chosen: 0,
    asking: true,
    commands: ["quit"],
  },
];
for (const { name, keys, chosen, asking = false, commands } of KEYS) {
  Deno.test(`handleRunsKey ${name}`, () => {
    let choices: RunsChoices = { id: null, asking: false };
    const done: RunsCommand[] = [];
    for (const key of keys) {
      const pressed = handleRunsKey(choices, key, ROWS);
      choices = pressed.choices;
      if (pressed.command !== undefined) done.push(pressed.command);
    }
    deepEqual([chosenPlace(ROWS, choices), choices.asking, done], [chosen, asking, commands]);
  });
}

Deno.test("handleRunsKey does nothing with no runs but leave", () => {
  const choices = { id: null, asking: false };
  for (const key of ["up", "down", "return", "s"]) equal(handleRunsKey(choices, key, []).command, undefined);
  equal(handleRunsKey(choices, "q", []).command, "quit");
});

Deno.test("renderRuns is lower than the terminal and no wider, whatever its size", () => {
  for (const [columns, lines] of [[1, 1], [10, 3], [60, 6], [80, 24], [200, 50]]) {
    const frame = renderRuns({ rows: ROWS, columns, lines, color: 0, choices: { id: null, asking: true } });
    equal(frame.split("\n").length <= Math.max(1, lines - 1), true, `${columns}x${lines}`);
    equal(
      Math.max(...frame.split("\n").map(displayWidth)) <= columns,
      true,
      `${columns}x${lines}:\n${frame}`,
    );
  }
});

// Ink listens for signals and keeps timers of its own until the next turn of the event loop.
Deno.test(
  "startRunsTable chooses, opens, stops and leaves",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    const terminal = fakeTerminal(80, 24);
    const commands: string[] = [];
    const screen = startRunsTable({
      ...terminal,
      color: 0,
      env: {},
      rows: ROWS,
      chosen: ROWS[1].id,
      open: ({ id }) => commands.push(`open ${id}`),
      stop: ({ id }, how) => commands.push(`stop ${id} ${how}`),
      quit: () => commands.push("quit"),
    });
    await shown(terminal, "4 runs, 1 running");
    await shown(terminal, "› ✔ completed  glyphs-dae");
    await shown(terminal, "↑ ↓ choose   enter open   q leave");
    terminal.press("\u001b[A");
    await shown(terminal, "› ● running");
    terminal.press("s");
    await shown(terminal, "stop mnist-vae-2d: s after this epoch, b after this batch   esc cancel");
    terminal.press("b");
    await shown(terminal, "s stop   q leave");
    screen.update([{ ...ROWS[0], id: "20261123-230000-aaaa", pipeline: "new-one" }, ...ROWS]);
    await shown(terminal, "new-one");
    await shown(terminal, "› ● running    mnist-vae-2d");
    terminal.press("\r");
    terminal.press("q");
    await pause(50);
    deepEqual(commands, [`stop ${row.id} batch`, `open ${row.id}`, "quit"]);
    await screen.finish();
    deepEqual(terminal.lines(), [""]);
    equal(terminal.scrolled(), 0);
  },
);

Deno.test(
  "startRunsTable reads the runs aloud",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    const terminal = fakeTerminal(120, 24);
    const nothing = { open() {}, stop() {}, quit() {} };
    const env = { INK_SCREEN_READER: "true" };
    const screen = startRunsTable({ ...terminal, ...nothing, color: 2, env, rows: ROWS });
    await shown(terminal, `Chosen: ${rowSentence(row)}.`);
    terminal.press("\u001b[B");
    await shown(terminal, `Chosen: ${rowSentence(ROWS[1])}.`);
    await screen.finish();
  },
);
