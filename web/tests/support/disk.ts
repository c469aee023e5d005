// A disk of its own for a library, small enough to be filled. Mounting one takes root; without it such a test is skipped.
import { execFileSync } from "node:child_process";
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  /** The copy of the library on it. */
  readonly library: string;
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives them back. */
  free(): void;
  remove(): void;
}

/** A copy of the library at `from` on a new disk of `megabytes`; null where none can be mounted. */
export function smallDisk(from: string, megabytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  const library = join(folder, "library");
  const filler = join(folder, "filler");
  cpSync(from, library, { recursive: true });
  return {
    library,
    fill: () => {
      const file = openSync(filler, "w");
      try {
        for (const bytes of [1 << 20, 4096, 1]) {
          const zeros = Buffer.alloc(bytes);
          try {
            while (writeSync(file, zeros) === bytes);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => unlinkSync(filler),
    remove: () => {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
