/** A disk of a few megabytes, in memory, that is filled and emptied at will: a real one, so that what it refuses is real. */
const PAGE = new Uint8Array(4_096); // as the disk's own pages: what is left is less than one

export interface SmallDisk {
  readonly path: string;
  /** Takes what is left of it. */
  fill(): void;
  /** Gives that back. */
  makeRoom(): void;
}

/** Whether this process may mount one: Linux, and root or as good. */
export const isMountable = Deno.build.os === "linux" && await mounts();

/** Mounts a disk of so many bytes, and takes it away whatever happens in `body`. */
export async function withSmallDisk(bytes: number, body: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "rivulet_disk_" });
  const ballast = `${path}/ballast`;
  try {
    await run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path);
    try {
      await body({
        path,
        fill() {
          using file = Deno.openSync(ballast, { create: true, append: true });
          try {
            for (;;) file.writeSync(PAGE);
          } catch (error) {
            if (!(error instanceof Error && /no space left/i.test(error.message))) throw error;
          }
        },
        makeRoom: () => Deno.removeSync(ballast),
      });
    } finally {
      await run("umount", "--lazy", path);
    }
  } finally {
    await Deno.remove(path);
  }
}

async function mounts(): Promise<boolean> {
  try {
    await withSmallDisk(PAGE.length, () => Promise.resolve());
    return true;
  } catch {
    return false;
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`Cannot ${command}: ${new TextDecoder().decode(stderr)}`);
}
