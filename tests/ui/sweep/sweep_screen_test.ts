import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { startSweepScreen } from "../../../src/ui/screens/sweep_screen.tsx";
import { NO_SWEEP_CHOICES } from "../../../src/ui/sweep/sweep_choices.ts";
import { completeTrial } from "../../sweep/fake_sweep.ts";
import { until } from "../../support/until.ts";
import { fakeTerminal, shown } from "../fake_terminal.ts";
import { halfway, momentOf } from "./fake_moments.ts";

/** Starts a screen in a fake terminal; `calls` holds what its keys did. */
function started(attached: boolean) {
  const terminal = fakeTerminal(80, 24), calls: unknown[] = [];
  const screen = startSweepScreen({
    stdout: terminal.stdout,
    stdin: terminal.stdin,
    color: 0,
    moment: momentOf(halfway()),
    choices: { ...NO_SWEEP_CHOICES, id: halfway().trials[0].id },
    attached,
    open: ({ number }, { byRank }) => calls.push(["open", number, byRank]),
    stopTrial: ({ number }, how) => calls.push(["stopTrial", number, how]),
    stop: (how) => calls.push(["stop", how]),
    detach: attached ? undefined : () => calls.push(["detach"]),
    quit: () => calls.push(["quit"]),
    env: {},
  });
  return { terminal, screen, calls };
}

Deno.test("startSweepScreen() shows new moments, moves with the keys, and leaves nothing behind", async () => {
  const { terminal, screen, calls } = started(true);
  await shown(terminal, "14 of 20 trials, 2 running");
  terminal.press("jjj");
  await shown(terminal, "✖ #4 the loss is not finite in epoch 3");
  const view = halfway();
  const trials = view.trials.with(
    14,
    completeTrial(15, 0.001, {
      ...view.trials[14],
      state: "complete",
      metrics: { evaluate: { mse: 0.001 } },
    }),
  );
  screen.update(momentOf({ ...view, trials }));
  await shown(terminal, "★ evaluate.mse ↓ 0.001000   #15");
  terminal.press("o\r");
  await until(() => calls.length >= 1, "opening the trial");
  terminal.press("q");
  await until(() => calls.length >= 2, "quitting");
  deepEqual(calls, [["open", 4, true], ["quit"]]);
  await screen.finish();
  ok(terminal.lines().every((line) => line.trim() === ""), terminal.lines().join("\n"));
});

Deno.test("startSweepScreen() asks before it stops a trial or the sweep", async () => {
  const { terminal, screen, calls } = started(false);
  await shown(terminal, "14 of 20 trials");
  terminal.press("j".repeat(14));
  terminal.press("s");
  await shown(terminal, "stop trial 15: s after this epoch");
  terminal.press("b");
  await shown(terminal, "? help");
  terminal.press("S");
  await shown(terminal, "stop the sweep: s with checkpoints");
  terminal.press("s");
  await shown(terminal, "stopping, each trial with a checkpoint");
  terminal.press("\u0003");
  await until(() => calls.length >= 3, "stopping now");
  deepEqual(calls, [["stopTrial", 15, "batch"], ["stop", "batch"], ["stop", "now"]]);
  await screen.finish();
});
