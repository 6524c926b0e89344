package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

  /** How long a program that follows runs before it is measured. */
  Duration warmUp() {
    return quick ? Duration.ofSeconds(60) : Duration.ofMinutes(5);
  }

  /** How long a program that follows is measured. */
  Duration watch() {
    return quick ? Duration.ofSeconds(30) : Duration.ofMinutes(5);
  }

  /** Changes a second of a trickle. */
  List<Double> rates() {
    return List.of(10.0, 100.0, 2_000.0);
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
    List<Program> programs = new ArrayList<>(List.of(nimoShake(), Program.Naive.copy()));
    peer.map(Program.Peer::of).ifPresent(programs::add);
    return programs;
  }

  /** The programs that follow, in the same order. */
  List<Program> followers() {
    List<Program> programs = new ArrayList<>(copiers());
    programs.set(1, Program.Naive.follow());
    return programs;
  }
}
