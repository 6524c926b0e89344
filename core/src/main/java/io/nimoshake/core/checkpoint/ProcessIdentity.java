package io.nimoshake.core.checkpoint;

import io.nimoshake.core.port.Lease;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Who holds a lease, and whether a holder beside this process is alive. */
public final class ProcessIdentity {
  /**
   * @see <a href="https://man7.org/linux/man-pages/man4/random.4.html">random(4), boot_id</a>
   */
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /**
   * @see <a href="https://man7.org/linux/man-pages/man7/pid_namespaces.7.html">
   *     pid_namespaces(7)</a>
   */
  private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

  private ProcessIdentity() {}

  /** This process as a holder. Its lease has no number yet. */
  public static Lease ofThisProcess() {
    ProcessHandle process = ProcessHandle.current();
    return new Lease(0, hostName(), kernel(), process.pid(), startOf(process), Instant.EPOCH);
  }

  /**
   * One of several possible holders in this process.
   *
   * @param name tells it apart; the same name asking again is the same holder
   */
  public static Lease ofThisProcess(String name) {
    Lease process = ofThisProcess();
    return new Lease(
        0,
        process.host() + "/" + name,
        process.kernel(),
        process.pid(),
        process.processStarted(),
        process.expires());
  }

  /** What can be seen of a process. */
  public enum Sign {
    ALIVE,
    DEAD,
    /** It cannot be seen from here, or the process with its id may be another one. */
    UNCERTAIN
  }

  /**
   * What this process sees of the process of a holder. The start of a process is computed from the
   * time since the boot. So another one may say another moment, after somebody has set the clock.
   *
   * @param me a lease of this process
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_stat.5.html">proc_stat(5), btime</a>
   */
  public static Sign signOf(Lease holder, Lease me) {
    if (!holder.sameKernel(me)) {
      return Sign.UNCERTAIN;
    }
    return ProcessHandle.of(holder.pid())
        .filter(ProcessHandle::isAlive)
        .map(process -> startOf(process).equals(holder.processStarted()))
        .map(same -> same ? Sign.ALIVE : Sign.UNCERTAIN)
        .orElse(Sign.DEAD);
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /** Empty where the system is not Linux: then nobody is taken for dead because of a pid. */
  private static String kernel() {
    try {
      return Files.readString(BOOT_ID).strip() + " " + Files.readSymbolicLink(PID_NAMESPACE);
    } catch (IOException | UnsupportedOperationException notLinux) {
      return "";
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // The name is for people only.
      return "localhost";
    }
  }
}
