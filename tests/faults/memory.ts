/** What a server's process holds of the machine's memory. */

/** Whether it can be seen here. */
export const isMemorySeen = Deno.build.os === "linux";

/** What resident memory wavers by, whoever reads, in bytes. */
export const NOISE_BYTES = 32 * 1_024 * 1_024;

/** Resident memory of a process, in bytes, as Linux tells it. */
export async function residentOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
