package io.nimoshake.app.check;

import io.nimoshake.app.program.ExitCode;
import java.time.Duration;
import java.util.List;

/**
 * The result of comparing all tables.
 *
 * @param notes remarks that do not concern a single table
 */
public record CheckResult(List<TableResult> tables, List<String> notes, Duration took) {
  public CheckResult {
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
  }

  public boolean isEqual() {
    return tables.stream().allMatch(TableResult::isEqual);
  }

  /** An incomplete comparison is worse than differences: nothing is known of the rest. */
  public int exitCode() {
    if (!tables.stream().allMatch(TableResult::isCertain)) {
      return ExitCode.FATAL;
    }
    return isEqual() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }
}
