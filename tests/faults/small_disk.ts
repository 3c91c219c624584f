/** A disk of a few megabytes, in memory, that is filled and emptied at will: a real one, so that what it refuses is real. */
const PAGE = new Uint8Array(4_096); // as the disk's own pages: what is left is less than one

export interface SmallDisk {
  readonly path: string;
  /** Takes what is left of it. */
  fill(): void;
  /** Gives that back. */
  makeRoom(): void;
  /** Lets a file on it be read only, whoever asks; and back. */
  protect(name: string): Promise<void>;
  unprotect(name: string): Promise<void>;
}

class MountRefused extends Error {}

/** Why this process can mount none: it wants Linux, and root or as good. Undefined where it can. */
export const unmountable = Deno.build.os === "linux" ? await whyNotMounted() : "only Linux has a tmpfs";

/** Mounts a disk of so many bytes, and takes it away whatever happens in `body`. */
export async function withSmallDisk(bytes: number, body: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "rivulet_disk_" });
  const ballast = `${path}/ballast`;
  try {
    const mounted = run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path);
    await mounted.catch((error) => {
      throw new MountRefused(error.message);
    });
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
        async protect(name) {
          await run("mount", "--bind", `${path}/${name}`, `${path}/${name}`);
          await run("mount", "-o", "remount,bind,ro", `${path}/${name}`);
        },
        unprotect: (name) => run("umount", `${path}/${name}`),
      });
    } finally {
      await run("umount", "--lazy", path);
    }
  } finally {
    await Deno.remove(path);
  }
}

/** What `mount` says where it refuses; whatever else goes wrong is an error of ours, and thrown. */
async function whyNotMounted(): Promise<string | undefined> {
  try {
    await withSmallDisk(PAGE.length, () => Promise.resolve());
  } catch (error) {
    if (error instanceof MountRefused) return error.message;
    throw error;
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`Cannot ${command}: ${new TextDecoder().decode(stderr)}`);
}
