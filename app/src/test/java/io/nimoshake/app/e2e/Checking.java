package io.nimoshake.app.e2e;

import io.nimoshake.app.check.Check;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Finding;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Comparisons as {@code check} makes them, in this process.
 *
 * @param findings all of them, in no order
 */
record Checking(CheckResult result, List<Finding> findings, List<String> report) {
  static Checking run(Path conf, CheckOptions options) throws Exception {
    Configuration configuration = Configuration.load(Optional.of(conf), Map.of(), List.of());
    CheckSetup setup = new CheckSetup(configuration);
    try (Sides sides = setup.open(options);
        SyncBeside beside = setup.beside()) {
      ConcurrentLinkedQueue<Finding> findings = new ConcurrentLinkedQueue<>();
      CheckResult result =
          new Check(sides, beside, options, findings::add).run(setup.tables(sides, options));
      return new Checking(
          result,
          List.copyOf(findings),
          new CheckReport(result, options, false, sides.mongoIsTruth()).lines());
    }
  }

  /** Kind, key and paths of each finding. */
  Set<String> summary() {
    Set<String> lines = new TreeSet<>();
    for (Finding finding : findings) {
      lines.add(
          finding.table()
              + " "
              + finding.kind()
              + " "
              + finding.key()
              + finding.differences().stream().map(d -> " " + d.path()).sorted().toList());
    }
    return lines;
  }

  String text() {
    return String.join("\n", report) + "\n" + findings;
  }
}
