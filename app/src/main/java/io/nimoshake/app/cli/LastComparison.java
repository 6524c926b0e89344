package io.nimoshake.app.cli;

import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What {@code cutover} and {@code return} compare when everything has arrived: what changed since
 * the last check, and a sample of the rest; or everything.
 *
 * @param sample how many random items of each table; empty: every item
 */
record LastComparison(OptionalInt sample) {
  private static final String NOTHING = "none";
  private static final String ALL = "all";

  /** What the option {@code --compare} asks for; empty: nothing. */
  static Optional<LastComparison> parse(CommandSpec spec, String compare) {
    if (compare.equals(NOTHING)) {
      return Optional.empty();
    } else if (compare.equals(ALL)) {
      return Optional.of(new LastComparison(OptionalInt.empty()));
    }
    OptionalInt items = number(compare);
    if (items.isEmpty() || items.getAsInt() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--compare: must be a number from 1, all or none");
    }
    return Optional.of(new LastComparison(items));
  }

  private static OptionalInt number(String text) {
    try {
      return OptionalInt.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      // The caller says what would be right.
      return OptionalInt.empty();
    }
  }

  CheckResult run(Configuration loaded, SyncClient sync) throws StartUpException, Fault {
    return compare(loaded, options(sync));
  }

  private CheckOptions options(SyncClient sync) throws Fault.Fatal {
    if (sample.isEmpty()) {
      return CheckOptions.ALL;
    }
    try {
      String since = sync.get("/api/v1/cutover").path("changed_since").asText();
      return CheckOptions.changed(Instant.parse(since), sample.getAsInt());
    } catch (NoSuchSyncException e) {
      throw new Fault.Fatal(e.getMessage(), e);
    }
  }

  /** Compares both sides, and remembers the result. */
  static CheckResult compare(Configuration loaded, CheckOptions how)
      throws Fault, StartUpException {
    return new CheckSetup(loaded).compare(how, System.err::println).result();
  }
}
