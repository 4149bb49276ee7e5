import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { fromFileUrl } from "@std/path";
import { prepareRun } from "../../src/cli/prepare.ts";
import { runCommandLine } from "../../src/cli/run_options.ts";
