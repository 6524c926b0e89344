package io.nimoshake.app.sync;

import io.nimoshake.app.program.Text;
import io.nimoshake.app.progress.SyncNumbers;
import io.nimoshake.app.progress.Totals;
import io.nimoshake.core.engine.SyncView.TableView;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What a sync did in this run, in two lines.
 *
 * @param numbers at the end
 * @param took how long this run took
 * @param dollarsAMillionUnits the price of read request units
 */
record EndSummary(SyncNumbers numbers, Duration took, double dollarsAMillionUnits) {
  private static final double MILLION = 1e6;

  List<String> lines() {
    Totals totals = numbers.totals();
    String work =
        String.format(
            Locale.ROOT,
            "this run: %s, %s copied (%s), %s written (%s), in %s",
            Text.count(totals.tables(), "table"),
            Text.count(totals.copied(), "item"),
            Text.bytes(sum(table -> table.stats().copy.writtenBytes.sum())),
            Text.count(totals.changes(), "change"),
            Text.bytes(sum(table -> table.stats().stream.writtenBytes.sum())),
            Text.duration(took));
    double units = sum(table -> table.stats().copy.capacityMilliUnits.sum()) / 1000.0;
    String cost =
        String.format(
            Locale.ROOT,
            "this run: %s throttled, %s retried, %s rejected; the copy used %,.1f read capacity"
                + " units (%s on demand)",
            Text.count(totals.throttles(), "call"),
            Text.count(totals.retries(), "call"),
            Text.count(totals.rejected(), "item"),
            units,
            dollars(units / MILLION * dollarsAMillionUnits));
    return List.of(work, cost);
  }

  private static String dollars(double dollars) {
    return dollars > 0 && dollars < 0.01
        ? "less than $0.01"
        : String.format(Locale.ROOT, "$%,.2f", dollars);
  }

  private long sum(ToLongFunction<TableView> number) {
    return numbers.view().tables().stream().mapToLong(number).sum();
  }
}
