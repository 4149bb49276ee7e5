/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** The live screen of a sweep. @module */
import { Box, useIsScreenReaderEnabled, useWindowSize } from "ink";
import { useRef, useState, useSyncExternalStore } from "react";
import type { TrialCurve } from "../../sweep/curves.ts";
import { isOver, type SweepView, type TrialView } from "../../sweep/view.ts";
import { Lines } from "../components/lines.tsx";
import { SafeText } from "../components/safe_text.tsx";
import { useKeys } from "../components/use_keys.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { LatestStore } from "../view/latest_store.ts";
import { chosenTrial, handleSweepKey, type SweepChoices, type SweepCommand } from "./sweep_choices.ts";
import { type SweepFrameProps, sweepLayout, sweepLines } from "./sweep_lines.ts";
import { sweepSentences } from "./sweep_sentences.ts";
import { tableOrder } from "./trials_table.ts";

/** What the screen shows at a moment. */
export interface SweepMoment {
  readonly view: SweepView;
  readonly curves: readonly TrialCurve[];
}

/** Executes a command of a key: with the selected trial, and the choices after the key. */
export type OnSweepCommand = (
  command: SweepCommand,
  trial: TrialView | undefined,
  choices: SweepChoices,
) => void;

/** Shows the moments of the store until it is unmounted. */
export function LiveSweep(
  { store, color, hasKeys, initial, situation, onCommand }: {
    store: LatestStore<SweepMoment>;
    color: ColorLevel;
    hasKeys: boolean;
    initial: SweepChoices;
    situation: Pick<SweepFrameProps, "attached" | "canDetach">;
    onCommand: OnSweepCommand;
  },
) {
  const { view, curves } = useSyncExternalStore(store.subscribe, store.snapshot);
  const { columns, rows: lines } = useWindowSize();
  const [choices, choose] = useState<SweepChoices>(initial);
  const latest = useRef(choices);
  useKeys((key) => {
    const trials = tableOrder(view, latest.current.byRank);
    const { choices, command } = handleSweepKey(latest.current, key, {
      trials,
      page: sweepLayout(columns, lines, curves.length > 0).table.height - 1,
      ended: isOver(view),
      ...situation,
    });
    latest.current = choices;
    if (command !== undefined) onCommand(command, trials[chosenTrial(trials, choices)], choices);
    choose(choices);
  }, hasKeys);
  const frame = { view, curves, columns, lines, color, choices, ...situation };
  return useIsScreenReaderEnabled() ? <ReadSweep {...frame} /> : <SweepFrame {...frame} />;
}

/** One frame, at least one line lower than the terminal. */
export function SweepFrame(props: SweepFrameProps) {
  return (
    <Box flexDirection="column" paddingX={props.columns > 2 ? 1 : 0}>
      <Lines lines={sweepLines(props)} width={Math.max(1, props.columns - 2)} />
    </Box>
  );
}

function ReadSweep(props: SweepFrameProps) {
  return (
    <Box flexDirection="column">
      {sweepSentences(props).map((line, index) => <SafeText key={index}>{line}</SafeText>)}
    </Box>
  );
}
