package io.nimoshake.flink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A control group of Linux, version 1 or 2, whose processes together use at most a share of a core.
 * It relies on the right to make one, which root has outside of most containers.
 *
 * @see <a href="https://docs.kernel.org/scheduler/sched-bwc.html">CFS bandwidth control</a>
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2, cpu.max</a>
 */
final class CpuCap implements AutoCloseable {
  private static final Path VERSION_1 = Path.of("/sys/fs/cgroup/cpu");
  private static final Path VERSION_2 = Path.of("/sys/fs/cgroup");
  private static final long PERIOD_MICROS = 100_000;

  private final Path group;

  private CpuCap(Path group) {
    this.group = group;
  }

  /**
   * @throws IOException if the system does not permit it; nothing is left behind then
   */
  static CpuCap create(String name, double cores) throws IOException {
    boolean version1 = Files.isDirectory(VERSION_1);
    CpuCap cap =
        new CpuCap(Files.createDirectory((version1 ? VERSION_1 : VERSION_2).resolve(name)));
    long quotaMicros = Math.round(cores * PERIOD_MICROS);
    try {
      if (version1) {
        write(cap.group.resolve("cpu.cfs_period_us"), Long.toString(PERIOD_MICROS));
        write(cap.group.resolve("cpu.cfs_quota_us"), Long.toString(quotaMicros));
      } else {
        write(cap.group.resolve("cpu.max"), quotaMicros + " " + PERIOD_MICROS);
      }
    } catch (IOException e) {
      cap.close();
      throw e;
    }
    return cap;
  }

  /** Caps a process, with all its threads. */
  void add(Process process) throws IOException {
    write(group.resolve("cgroup.procs"), Long.toString(process.pid()));
  }

  /** Its processes go on without a cap. */
  @Override
  public void close() throws IOException {
    for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
      write(group.resolveSibling("cgroup.procs"), pid);
    }
    Files.delete(group);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }
}
