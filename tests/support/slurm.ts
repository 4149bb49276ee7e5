/** A real Slurm on this machine: a controller and four nodes of two processors, in a folder of its own, on 127.0.0.1 only. */
import { outcomeOf } from "./program.ts";
import { until, type Waiting } from "./until.ts";

const PROGRAMS = [
  "munged",
  "slurmctld",
  "slurmd",
  "sbatch",
  "srun",
  "squeue",
  "sinfo",
  "scontrol",
  "scancel",
];
/** Open MPI's library, and the name by which Slurm's plugin opens that of PMIx for `srun --mpi=pmix`. */
const LIBRARIES = ["libmpi.so.40", "libpmix.so"];
const PACKAGES = ["slurm-wlm", "munge", "libpmix-dev", "libopenmpi3"];
/** Daemons are not on everybody's PATH. */
const PATH = `${Deno.env.get("PATH")}:/usr/sbin:/usr/local/sbin`;
const NODES = ["n1", "n2", "n3", "n4"];
/** Milliseconds between two questions to Slurm. */
const EVERY_MS = 100;
const CONTROLLER_PORT = 16_817, NODE_PORTS = 17_001;

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether Slurm can be used here: how it came, or why not. */
export type Found = { readonly how: string } | { readonly missing: string };

/** Looks for Slurm; root installs it from the distribution's packages where there are any. */
export async function findSlurm(): Promise<Found> {
  if (Deno.build.os !== "linux") return { missing: `Slurm runs on Linux, this is ${Deno.build.os}` };
  if (Deno.uid() !== 0) return { missing: "starting slurmd needs root" };
  if ((await absent()).length === 0) return { how: await versionText() };
  const apt = await run("sh", ["-c", "command -v apt-get"]);
  if (apt.code !== 0) {
    return { missing: `${(await absent()).join(", ")} not found, nor apt-get to install them` };
  }
  const install = `apt-get install -y --no-install-recommends ${PACKAGES.join(" ")}`;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const first = await run("sh", ["-c", install], env);
  if (first.code !== 0) await run("sh", ["-c", `apt-get update && ${install}`], env);
  const still = await absent();
  return still.length === 0
    ? { how: `${await versionText()}, installed by apt-get` }
    : { missing: `apt-get could not install ${PACKAGES.join(" and ")}: ${lastLine(first.stderr)}` };
}

async function absent(): Promise<string[]> {
  const found = await Promise.all(
    PROGRAMS.map((name) => run("sh", ["-c", `command -v ${name}`]).then(({ code }) => code === 0)),
  );
  const libraries = (await run("ldconfig", ["-p"])).stdout;
  return [
    ...PROGRAMS.filter((_, place) => !found[place]),
    ...LIBRARIES.filter((name) => !libraries.includes(`\t${name} `)),
  ];
}

async function versionText(): Promise<string> {
  return (await run("slurmctld", ["-V"])).stdout.trim();
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Result> {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { PATH, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return await outcomeOf(command.spawn());
}

/** A running Slurm. */
export interface Slurm {
  /** What its clients need in their environment. */
  readonly env: Record<string, string>;
  /** Runs a client to its end. @throws {Error} When it fails. */
  call(program: string, ...args: string[]): Promise<string>;
  /** What Slurm records of the tasks of an array (or of a job), by their number (0 for a job): `JobState`, `ExitCode`, `Restarts`. */
  tasks(job: string): Promise<ReadonlyMap<number, Readonly<Record<string, string>>>>;
}

/** Starts Slurm, and stops it with everything that it started. */
export async function withSlurm(use: (slurm: Slurm) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "slurm-" });
  const daemons: Deno.ChildProcess[] = [];
  const env = { SLURM_CONF: `${folder}/slurm.conf`, PATH };
  const slurm = clients(env);
  try {
    await writeConfiguration(folder);
    await startDaemons(folder, env, daemons);
    await until(
      async () => {
        const states = await slurm.call("sinfo", "-h", "-N", "-o", "%T").catch(() => "");
        return states.trim().split("\n").filter((state) => state === "idle").length === NODES.length;
      },
      "four idle nodes",
      { every: EVERY_MS, explain: () => logs(folder) },
    );
    await use(slurm);
  } finally {
    await stopJobs(slurm).catch(() => {});
    // The controller and the nodes first: munged is asked until they are gone.
    for (const daemon of daemons.toReversed()) {
      try {
        daemon.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
      await daemon.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}

function clients(env: Record<string, string>): Slurm {
  const call = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run(program, args, env);
    if (code === 0) return stdout;
    throw new Error(`${program} ${args.join(" ")} exited with ${code}: ${stderr}${stdout}`);
  };
  return {
    env,
    call,
    async tasks(job) {
      const lines = (await call("scontrol", "-o", "show", "job", job)).trim().split("\n");
      return new Map(lines.map((line) => {
        const fields = Object.fromEntries(
          [...line.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name, value]),
        );
        return [Number(fields.ArrayTaskId ?? 0), fields];
      }));
    },
  };
}

/** Cancels what runs and waits for its end: its daemons outlive those of their nodes. */
async function stopJobs(slurm: Slurm): Promise<void> {
  await slurm.call("scancel", "--user=root");
  await untilIdle(slurm);
}

/** Waits until every job has ended. */
export function untilIdle(slurm: Slurm, waiting: Waiting = {}): Promise<void> {
  const isEmpty = async () => (await slurm.call("squeue", "-h")).trim() === "";
  return until(isEmpty, "an empty queue", { every: EVERY_MS, ...waiting });
}

async function logs(folder: string): Promise<string> {
  const names = [...Deno.readDirSync(`${folder}/log`)].map(({ name }) => name);
  const texts = await Promise.all(names.map(async (name) => {
    const text = await Deno.readTextFile(`${folder}/log/${name}`).catch(() => "");
    return `${name}:\n${text.split("\n").slice(-15).join("\n")}`;
  }));
  return texts.join("\n");
}

async function startDaemons(
  folder: string,
  env: Record<string, string>,
  daemons: Deno.ChildProcess[],
): Promise<void> {
  const start = (program: string, ...args: string[]) => {
    const options = { args, env, stdin: "null", stdout: "null", stderr: "null" } as const;
    daemons.push(new Deno.Command("/usr/bin/env", { ...options, args: [program, ...args] }).spawn());
  };
  const munge = `${folder}/munge`;
  start(
    "munged",
    "--foreground",
    ...[["socket", "sock"], ["key-file", "key"], ["pid-file", "pid"], ["log-file", "log"], [
      "seed-file",
      "seed",
    ]]
      .map(([option, name]) => `--${option}=${munge}/${name}`),
  );
  await until(() => Deno.stat(`${munge}/sock`).then(() => true, () => false), "the socket of munged");
  start("slurmctld", "-D", "-f", env.SLURM_CONF);
  for (const node of NODES) start("slurmd", "-D", "-f", env.SLURM_CONF, "-N", node);
}

async function writeConfiguration(folder: string): Promise<void> {
  await Deno.chmod(folder, 0o755);
  for (const name of ["munge", "spool", "log", "state"]) {
    await Deno.mkdir(`${folder}/${name}`, { mode: 0o755 });
  }
  for (const node of NODES) await Deno.mkdir(`${folder}/tmp/${node}`, { recursive: true });
  await Deno.writeFile(`${folder}/munge/key`, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o400 });
  const host = Deno.hostname().split(".")[0];
  const settings = {
    ClusterName: "test",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: CONTROLLER_PORT,
    SlurmUser: "root",
    SlurmdUser: "root",
    // Listeners on 127.0.0.1 only.
    CommunicationParameters: "NoInAddrAny,NoCtldInAddrAny",
    AuthType: "auth/munge",
    // A requeued job waits until the credential of its first run has expired.
    AuthInfo: `socket=${folder}/munge/sock,cred_expire=5`,
    CredType: "cred/munge",
    StateSaveLocation: `${folder}/state`,
    SlurmctldPidFile: `${folder}/slurmctld.pid`,
    SlurmctldLogFile: `${folder}/log/slurmctld`,
    SlurmdSpoolDir: `${folder}/spool/%n`,
    // PMIx needs a folder for each step that no other node has made, and the nodes are one machine.
    TmpFS: `${folder}/tmp/%n`,
    SlurmdPidFile: `${folder}/slurmd-%n.pid`,
    SlurmdLogFile: `${folder}/log/slurmd-%n`,
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    JobAcctGatherType: "jobacct_gather/none",
    AccountingStorageType: "accounting_storage/none",
    MpiDefault: "none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_CPU",
    SlurmdParameters: "config_overrides",
    SchedulerType: "sched/builtin",
    SchedulerParameters: "sched_interval=1",
    ReturnToService: 2,
    KillWait: 30,
    // Ended jobs can be asked about for this many seconds.
    MinJobAge: 600,
  };
  const nodes = NODES.map((name, place) =>
    `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${
      NODE_PORTS + place
    } CPUs=2 RealMemory=1000`
  );
  const lines = [
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ...nodes,
    `PartitionName=main Nodes=${NODES.join(",")} Default=YES MaxTime=INFINITE State=UP`,
  ];
  await Deno.writeTextFile(`${folder}/slurm.conf`, `${lines.join("\n")}\n`);
}
