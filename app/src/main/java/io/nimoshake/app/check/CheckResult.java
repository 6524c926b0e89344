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

  /** Why both sides are not known to be equal, in a few words. */
  public String whyNotEqual() {
    return tables.stream().anyMatch(TableResult::isDifferent)
        ? "both sides differ"
        : "not all could be compared";
  }

  /** Whether everything was compared and is equal. */
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
