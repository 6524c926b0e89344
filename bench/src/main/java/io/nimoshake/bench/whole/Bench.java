package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the parts of the suite share.
 *
 * @param quick whether to do only a tenth of the work, once
 * @param peer the command line of another tool to compare with
 * @param directory for the results and, during a run, for files of the programs
 * @param profile whether JFR records the runs of nimo-shake
 */
public record Bench(
    Report report, boolean quick, Optional<String> peer, Path directory, boolean profile) {

  /** Finds the configuration file in the command line of a peer. */
  public static Optional<Path> confOf(String peer) {
    return Program.Peer.of(peer).conf();
  }

  /** The amount of work, or a tenth of it with {@code --quick}. */
  int scaled(int amount) {
    return quick ? amount / 10 : amount;
  }

  int rounds() {
    return quick ? 1 : 3;
  }

  /** Prepares the programs. Call it before the first measurement. */
  public void settle() throws IOException, InterruptedException {
    nimoShake().settle();
  }

  Program.NimoShake nimoShake() {
    return Program.NimoShake.built(profile ? Optional.of(directory) : Optional.empty());
  }

  /** The programs that copy. nimo-shake is the first. */
  List<Program> copiers() {
    List<Program> programs = new ArrayList<>(List.of(nimoShake(), new Program.Naive()));
    peer.map(Program.Peer::of).ifPresent(programs::add);
    return programs;
  }
}
