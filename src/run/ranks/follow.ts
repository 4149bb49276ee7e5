/**
 * A rank above 0: runs the stages that all ranks share, as rank 0 decides, and writes nothing.
 *
 * @module
 */
import { messageOf } from "../../core/errors.ts";
import { inputsOf, stageKeys } from "../../pipeline/keys.ts";
import { type ResolvedPipeline, type ResolvedStage, resolveInspected } from "../../pipeline/resolve.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import { fileUrl, loadPipeline } from "../load_pipeline.ts";
import { engineOfRank } from "./engine_share.ts";
import { identitiesOf, type Opening, otherWork, type StageStart } from "./opening.ts";
import { sharedStages } from "./shared_stages.ts";
import type { Team } from "./team.ts";

/** A failure that rank 0 does not learn of, as it waits in the middle of a stage: the end of this process informs its launcher. */
class LostRankError extends Error {}

/** What a rank above 0 needs. */
export interface Following {
  /** The pipeline file. */
  readonly file: string;
  /** How many ranks are on this machine. */
  readonly local: number;
  /** Called before the ranks disconnect: from then on each may end. */
  onDisconnect(): void;
}

/**
 * Follows rank 0 to the end of the last stage that all share.
 *
 * @throws {LostRankError} When a distributed stage fails on this rank alone.
 */
export async function followRank(team: Team, following: Following): Promise<void> {
  const opening = team.share<Opening | undefined>();
  if (opening !== undefined) await followStages(team, opening, following);
  following.onDisconnect();
  team.close();
}

/** Runs stage after stage, until there is no further one or one has failed somewhere. */
async function followStages(team: Team, opening: Opening, { file, local }: Following): Promise<void> {
  const { plan, identities } = opening;
  let pipeline: ResolvedPipeline | undefined, problem: string | undefined;
  try {
    const { overrides, seed } = plan;
    pipeline = await resolveInspected(await loadPipeline(file), { overrides, seed });
    problem = otherWork(identitiesOf(await stageKeys(pipeline, plan.engineClass, fileUrl(file))), identities);
  } catch (thrown) {
    problem = messageOf(thrown);
  }
  if (team.problem(problem) !== undefined || pipeline === undefined) return;
  const shared = sharedStages(pipeline), engine = engineOfRank(plan.engine, local);
  let available: Record<string, unknown> = {};
  for (const stage of shared) {
    const turn = team.share<StageStart | undefined>();
    if (turn === undefined) return;
    const isLast = stage === shared.at(-1);
    const rank: FollowingRank = { team, seed: pipeline.seed, engine, isUsed: !isLast };
    const outcome = turn.outputs === undefined
      ? await runShared(stage, turn, available, rank)
      : { outputs: turn.outputs };
    if (outcome === "diverged" || team.problem(outcome.problem) !== undefined) return;
    available = { ...available, ...outcome.outputs };
  }
}

/** What the stages of a rank above 0 see. */
interface FollowingRank extends Pick<StageContext, "seed" | "engine"> {
  readonly team: Team;
  /** Whether later stages of this rank read the outputs. */
  readonly isUsed: boolean;
}

/** Runs a stage; `"diverged"`: as it has on all ranks. */
async function runShared(
  stage: ResolvedStage,
  { found }: StageStart,
  available: Readonly<Record<string, unknown>>,
  { team, isUsed, seed, engine }: FollowingRank,
): Promise<{ outputs?: Readonly<Record<string, unknown>>; problem?: string } | "diverged"> {
  const { name, definition, options } = stage, isDistributed = definition.isDistributed === true;
  let isDiverged = false;
  const context: StageContext = {
    name,
    seed,
    engine,
    signal: team.flag,
    emit: ({ type }) => void (isDiverged ||= type === "divergence"),
    writeArtifact: () => Promise.resolve(),
    writeCheckpoint: () => Promise.resolve(),
    checkpoints: () => ({ found, due: () => false, save() {} }),
    collective: isDistributed ? team.collective : undefined,
    ranks: { rank: team.rank, size: team.size },
    isOutputUsed: isUsed,
  };
  const inputs = Object.fromEntries(
    inputsOf(definition, available).map((input) => [input, available[input]]),
  );
  try {
    const { outputs } = await definition.run(inputs, options, context);
    return { outputs };
  } catch (thrown) {
    if (isDiverged) return "diverged";
    const problem = `${name}: ${messageOf(thrown)}`;
    if (isDistributed) throw new LostRankError(problem);
    return { problem };
  }
}
