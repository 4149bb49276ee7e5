/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/**
 * The explorer on a live terminal: Ink draws the frames and reads the keys.
 *
 * @module
 */
import { render, useInput, useWindowSize } from "ink";
import type { ReadStream, WriteStream } from "node:tty";
import { useEffect, useSyncExternalStore } from "react";
import { messageOf, RunError } from "../../core/errors.ts";
import { Lines } from "../components/lines.tsx";
import { isAnswer } from "../terminal/terminal_theme.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import { explore, morphPoints, WITHOUT_MARKS } from "./explore.ts";
import { explorerLines } from "./frame.ts";
import { commandsOf, type ExplorerCommand, type ExplorerKey } from "./keys.ts";
import { type ExplorerModel, harmlessModel } from "./model.ts";
import { type Action, initialState } from "./state.ts";

/** Milliseconds between two pictures of a morph: sixteen per second, as in the GIF. */
const MORPH_TICK = 60;
/** Limits the delay between a key and its frame. */
const FRAMES_A_SECOND = 60;

/** The state and its subscribers. */
function explorerStore(model: ExplorerModel) {
  const listeners = new Set<() => void>();
  let state = initialState(model);
  return {
    state: () => state,
    act(action: Action): void {
      state = explore(state, action, model);
      listeners.forEach((listener) => listener());
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
type Store = ReturnType<typeof explorerStore>;

/** Writes a file and shows the result or the error on the screen. */
async function write(store: Store, model: ExplorerModel, what: "picture" | "animation"): Promise<void> {
  const state = store.state();
  try {
    if (what === "picture") {
      return store.act({ type: "wrote", file: await model.writePicture(state.here.point) });
    }
    const points = morphPoints(state, model);
    if (points.length === 0) throw new RunError(WITHOUT_MARKS);
    store.act({ type: "wrote", file: await model.writeAnimation(points) });
  } catch (thrown) {
    store.act({ type: "notice", text: messageOf(thrown), bad: true });
  }
}

function LiveExplorer(
  { store, model, level, onCommand }: {
    store: Store;
    model: ExplorerModel;
    level: ColorLevel;
    onCommand(command: ExplorerCommand): void;
  },
) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const { columns, rows } = useWindowSize();
  const playing = state.morph?.playing ?? false;
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => store.act({ type: "tick" }), MORPH_TICK);
    return () => clearInterval(timer);
  }, [playing]);
  // Keys typed fast arrive together, and each may change the meaning of the next one.
  useInput((input, key) =>
    isAnswer(input)
      ? undefined
      : (input === "" ? [""] : [...input]).forEach((letter) =>
        commandsOf(store.state(), letter, key as ExplorerKey).forEach(onCommand)
      )
  );
  return <Lines lines={explorerLines(state, model, { columns, rows, level })} width={columns} />;
}

/** Shows the explorer until the user quits, then clears the frame and returns the written files. */
export async function startExplorer(
  trusted: ExplorerModel,
  { stdout, stdin, color }: { stdout: WriteStream; stdin: ReadStream; color: ColorLevel },
): Promise<{ written: readonly string[] }> {
  const model = harmlessModel(trusted), store = explorerStore(model);
  const writes: Promise<void>[] = [];
  function onCommand(command: ExplorerCommand): void {
    if (command.type === "quit") quit();
    else if (command.type === "write") {
      writes.push(write(store, model, command.what));
    } else store.act(command);
  }
  const instance = render(<LiveExplorer store={store} model={model} level={color} onCommand={onCommand} />, {
    stdout,
    stdin,
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    maxFps: FRAMES_A_SECOND,
    interactive: true,
  });
  function quit(): void {
    instance.clear();
    instance.unmount();
  }
  await instance.waitUntilExit();
  await Promise.all(writes);
  return store.state();
}
