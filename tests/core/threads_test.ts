import { deepStrictEqual as deepEqual, match, strictEqual as equal } from "node:assert/strict";
import { offerThreads, startIdleThread, startWorker, type WorkerThread } from "../../src/core/threads.ts";
import { withEmptyFolder } from "../support/project.ts";
import { until } from "../support/until.ts";

/** A worker that answers with what it is sent, and says in which thread it is. */
const ECHO = `
  let numbers;
  self.onmessage = ({ data }) => {
    numbers = data.numbers;
    Atomics.add(numbers, 0, 1);
    self.postMessage({ text: data.text + "!", exports: WebAssembly.Module.exports(data.module).length });
    if (data.ends) self.close();
  };`;

/** An empty WebAssembly module. */
const MODULE = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

function answersOf(worker: WorkerThread): unknown[] {
  const answers: unknown[] = [];
  worker.onmessage = ({ data }) => answers.push(data);
  worker.onerror = ({ message }) => answers.push(message);
  return answers;
}

for (const kind of ["an idle thread", "a thread of its own"]) {
  Deno.test(`startWorker() starts a worker in ${kind}, which gets messages in order, with modules and shared memory`, async () => {
    await withEmptyFolder(async (folder) => {
      Deno.writeTextFileSync(`${folder}/echo.js`, ECHO);
      if (kind === "an idle thread") offerThreads([startIdleThread()]);
      const worker = startWorker(new URL(`file://${folder}/echo.js`)), answers = answersOf(worker);
      equal(worker instanceof Worker, kind === "a thread of its own");
      const numbers = new Int32Array(new SharedArrayBuffer(4));
      for (const text of ["a", "b"]) {
        worker.postMessage({ text, numbers, module: MODULE, ends: text === "b" });
      }
      await until(() => answers.length === 2, "the answers");
      deepEqual(answers, [{ text: "a!", exports: 0 }, { text: "b!", exports: 0 }]);
      equal(numbers[0], 2);
    });
  });

  Deno.test(`startWorker() in ${kind} says why a module cannot be loaded`, async () => {
    await withEmptyFolder(async (folder) => {
      if (kind === "an idle thread") offerThreads([startIdleThread()]);
      Deno.writeTextFileSync(`${folder}/broken.js`, `throw new Error("not today");`);
      const worker = startWorker(new URL(`file://${folder}/broken.js`)), answers: unknown[] = [];
      worker.onerror = (event) => {
        event.preventDefault();
        answers.push(event.message);
      };
      await until(() => answers.length > 0, "the error");
      match(String(answers[0]), /not today/);
      worker.terminate();
    });
  });
}

Deno.test("startWorker() in an idle thread lets its worker start another one in the idle thread that was given to it", async () => {
  await withEmptyFolder(async (folder) => {
    const threads = new URL("../../src/core/threads.ts", import.meta.url).href;
    Deno.writeTextFileSync(
      `${folder}/inner.js`,
      `self.onmessage = ({ data }) => self.postMessage(data + 1);`,
    );
    Deno.writeTextFileSync(
      `${folder}/outer.js`,
      `import { startWorker } from ${JSON.stringify(threads)};
       const inner = startWorker(new URL("./inner.js", import.meta.url));
       inner.onmessage = ({ data }) => {
         self.postMessage({ data, isIdle: !(inner instanceof Worker) });
         inner.terminate();
         self.close();
       };
       self.onmessage = ({ data }) => inner.postMessage(data);`,
    );
    offerThreads([startIdleThread([startIdleThread()])]);
    const worker = startWorker(new URL(`file://${folder}/outer.js`)), answers = answersOf(worker);
    worker.postMessage(41);
    await until(() => answers.length > 0, "the answer");
    deepEqual(answers, [{ data: 42, isIdle: true }]);
  });
});
