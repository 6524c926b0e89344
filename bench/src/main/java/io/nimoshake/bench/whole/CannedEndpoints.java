package io.nimoshake.bench.whole;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.testkit.canned.CannedDynamo;
import io.nimoshake.testkit.canned.CannedMongo;
import io.nimoshake.testkit.canned.CannedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A canned source, a canned target, and a directory for the program between them. */
final class CannedEndpoints implements AutoCloseable {
  final CannedDynamo source;
  final CannedMongo target;
  private final Path directory;
  private final List<String> tables;

  private CannedEndpoints(List<CannedTable> tables, CannedMongo.Listener listener)
      throws IOException {
    directory = Files.createTempDirectory("bench");
    source = CannedDynamo.start(tables);
    target = CannedMongo.start(listener);
    this.tables = tables.stream().map(CannedTable::name).toList();
  }

  static CannedEndpoints start(List<CannedTable> tables) throws IOException {
    return start(tables, (bytes, offset, length) -> {});
  }

  /**
   * @param listener told of all that reaches the target
   */
  static CannedEndpoints start(List<CannedTable> tables, CannedMongo.Listener listener)
      throws IOException {
    return new CannedEndpoints(tables, listener);
  }

  /** Starts a program that copies or follows all tables, with these lines of configuration. */
  MeasuredProcess start(Program program, int segments, List<String> lines) throws IOException {
    Job job = new Job(id(), source.endpoint(), target.uri(), tables, segments, lines, directory);
    return program.start(job, gcLog());
  }

  /** Several programs may run at the same time, with their checkpoints in one server. */
  private String id() {
    return directory.getFileName().toString();
  }

  /** The log of the program's garbage collector, if it writes one. */
  Path gcLog() {
    return directory.resolve("gc.log");
  }

  @Override
  public void close() throws IOException {
    target.close();
    source.close();
    Directories.delete(directory);
  }
}
