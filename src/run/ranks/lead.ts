/**
 * Rank 0 of a run: an ordinary run that decides for all ranks.
 *
 * @module
 */
import type { Collective } from "../../core/collective.ts";
import { RunError } from "../../core/errors.ts";
import type { RunEvent } from "../../pipeline/events.ts";
import type { StageKeys } from "../../pipeline/keys.ts";
import type { ResolvedPipeline, ResolvedStage } from "../../pipeline/resolve.ts";
import type { EngineConfig } from "../../pipeline/stage.ts";
import type { RunPlan } from "../run_plan.ts";
import { engineOfRank } from "./engine_share.ts";
import { identitiesOf, type Opening, type StageStart } from "./opening.ts";
import { sharedStages } from "./shared_stages.ts";
import type { Team } from "./team.ts";
import { countWaits } from "./waits.ts";

/** What rank 0 does around its stages. */
export interface Leader {
  /** Begins a stage, if all ranks run it: with the outputs of an earlier run, or with a checkpoint. */
  begin(stage: ResolvedStage, given: StageStart): void;
  /** The ranks that share a stage; `undefined` for one that is not distributed. */
  collectiveOf(stage: ResolvedStage): Collective | undefined;
  /** The engine of a stage that is distributed: its threads leave cores to the other ranks. */
  engineOf(stage: ResolvedStage): EngineConfig | undefined;
  /** Sees the events of the run. */
  observe(event: RunEvent): void;
  /**
   * Ends a stage. `problem`: why it has failed on this rank.
   *
   * @throws {RunError} When it has failed on another one.
   */
  end(stage: ResolvedStage, problem?: string): void;
  /** Lets the other ranks end, where they have not yet. Unless a stage has failed on this rank alone: its end then ends them. */
  close(): void;
}

/** What is run. */
interface Work {
  readonly plan: RunPlan;
  readonly pipeline: ResolvedPipeline;
  readonly keys: ReadonlyMap<string, StageKeys>;
  /** Memory that counts the waits for other ranks in a training. */
  readonly waits: SharedArrayBuffer;
  /** Called before the ranks disconnect: from then on each may end. */
  onDisconnect(): void;
}

/**
 * Sends the other ranks what to run.
 *
 * @throws {RunError} When one of them would compute something else.
 */
export function leadRanks(team: Team, { plan, pipeline, keys, waits, onDisconnect }: Work): Leader {
  const shared = new Set(sharedStages(pipeline)), last = [...shared].at(-1), { local } = plan.ranks!;
  const collective = countWaits(team.collective, waits);
  let isOpen = true, isAgreed = false, running: ResolvedStage | undefined;
  function close(shares: boolean): void {
    if (!isOpen) return;
    isOpen = false;
    onDisconnect();
    if (shares) team.share(undefined);
    team.close();
  }
  const isDistributed = ({ definition }: ResolvedStage) => isOpen && definition.isDistributed === true;
  /** Throws what is wrong on any rank, which all of them learn and which ends all of them. */
  function agree(own: string | undefined): void {
    const problem = team.problem(own);
    if (problem === undefined) return;
    close(false);
    if (own === undefined) throw new RunError(problem);
  }
  team.share<Opening>({ plan, identities: identitiesOf(keys) });
  agree(undefined);
  return {
    begin(stage, given) {
      if (!isOpen || !shared.has(stage)) return;
      running = stage;
      team.share(given);
    },
    collectiveOf: (stage) => isDistributed(stage) ? collective : undefined,
    engineOf: (stage) => isDistributed(stage) ? engineOfRank(plan.engine, local) : undefined,
    observe: ({ type }) => void (isAgreed ||= type === "divergence"),
    end(stage, problem) {
      if (running !== stage) return;
      running = undefined;
      if (problem === undefined || !stage.definition.isDistributed) agree(problem);
      // A training that has diverged has done so on all ranks; any other failure is of this one, which others still wait for.
      else if (isAgreed) close(false);
      else isOpen = false;
      if (stage === last) close(false);
    },
    close: () => close(true),
  };
}
