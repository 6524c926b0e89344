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
 * @param quick a tenth of the work, once: to see that it runs, not to compare
 * @param peer another tool to compare with
 * @param directory for results and, while it runs, files of the programs
 * @param profile whether nimo-shake's runs are recorded by JFR
 */
public record Bench(
    Report report, boolean quick, Optional<String> peer, Path directory, boolean profile) {

  /** The configuration file in a peer's command line. */
  public static Optional<Path> confOf(String peer) {
    return Program.Peer.of(peer).conf();
  }

  /** The whole number of work, or its tenth if it is to be quick. */
  int scaled(int amount) {
    return quick ? amount / 10 : amount;
  }

  int rounds() {
    return quick ? 1 : 3;
  }

  /** To be called before anything is measured. */
  public void settle() throws IOException, InterruptedException {
    nimoShake().settle();
  }

  Program.NimoShake nimoShake() {
    return Program.NimoShake.built(profile ? Optional.of(directory) : Optional.empty());
  }

  /** Those that copy, nimo-shake first. */
  List<Program> copiers() {
    List<Program> programs = new ArrayList<>(List.of(nimoShake(), new Program.Naive()));
    peer.map(Program.Peer::of).ifPresent(programs::add);
    return programs;
  }
}
