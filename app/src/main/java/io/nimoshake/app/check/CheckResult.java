package io.nimoshake.app.check;

import io.nimoshake.app.program.ExitCode;
import java.time.Duration;
import java.util.List;

/**
 * What came of comparing all tables.
 *
 * @param notes what concerns no single table
 */
public record CheckResult(List<TableResult> tables, List<String> notes, Duration took) {
  public CheckResult {
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
  }

  public boolean isEqual() {
    return tables.stream().allMatch(TableResult::isEqual);
  }

  /** Not to be able to tell weighs more than differences: what was not compared may be anything. */
  public int exitCode() {
    if (!tables.stream().allMatch(TableResult::isCertain)) {
      return ExitCode.FATAL;
    }
    return isEqual() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }
}
