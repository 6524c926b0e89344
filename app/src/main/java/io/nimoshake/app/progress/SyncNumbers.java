package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The numbers of a sync at one moment, as everything shows them.
 *
 * @param at by the clock of this host
 * @param view where the numbers are from
 */
public record SyncNumbers(Instant at, SyncView view, List<TableNumbers> tables, Totals totals) {
  static SyncNumbers of(SyncView view, Rates rates, Instant at) {
    Set<String> waiting =
        view.outages().stream()
            .flatMap(outage -> outage.tables().stream())
            .collect(Collectors.toSet());
    List<TableNumbers> tables =
        view.tables().stream()
            .map(
                table ->
                    TableNumbers.of(
                        table,
                        rates.copiedBefore(table),
                        rates.of(table.name()),
                        waiting.contains(table.name()),
                        at,
                        view.clockCorrection()))
            .toList();
    return new SyncNumbers(at, view, tables, Totals.of(tables));
  }

  /** The same moment by the clock of the source, as far as this host knows it. */
  public Instant sourceTime() {
    return at.plus(view.clockCorrection());
  }
}
